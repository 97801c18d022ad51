package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fault, as long as the promises say: {@code mvn -Psoak verify}. */
@Tag("soak")
class NetworkSoakTest extends NetworkFixture {

  private static final int JOINED_KEYS = 100_000;

  @ParameterizedTest(name = "loss {0} %")
  @ValueSource(ints = {1, 4, 10, 30})
  void loss_everybodyWrites_allBecomeEqual(int percent) {
    losesAndBecomesEqual(percent, 15_000);
  }

  @Test
  void duplication_everybodyWrites_allBecomeEqual() {
    startMembers(4);
    hosts.faults().duplicate(30);
    writeGently();
    Members.pass(10_000);
    stopWriting();
    measured.happened(test, "datagrams doubled", hosts.faults().doubled());
    assertEqualAndAsWritten(System.nanoTime(), EQUAL_WITHIN_MILLIS);
  }

  @Test
  void partition_bothSidesWriteAndRemove_becomeEqualAndNothingComesBack() {
    partsAndHeals(20_000);
  }

  @Test
  void cut_oneWay_becomeEqual() {
    startMembers(4);
    hosts.faults().cut(1, 2);
    writeGently();
    Members.pass(10_000);
    stopWriting();
    measured.happened(test, "packets cut", hosts.faults().severed());
    long healed = System.nanoTime();
    hosts.faults().heal();
    assertEqualAndAsWritten(healed, EQUAL_WITHIN_MILLIS);
  }

  @Test
  void kill_writerInMidBurst_survivorsBecomeEqual() {
    killsOneInABurst(10_000);
  }

  /**
   * It changes more than any of the others receives of it, and each of them lacks something else.
   */
  @ParameterizedTest(name = "{0} keys of {1} bytes")
  @CsvSource({"100000, 100", "10000, 2000"})
  void kill_writerOfManyKeysUnderLoss_survivorsHoldTheSame(int keys, int valueBytes) {
    startMembers(4);
    members.get(1).ask("fill m1- " + keys + " " + valueBytes);
    Members.awaitEqual(members.list(), System.nanoTime(), 60_000);
    hosts.faults().lose(4);
    members.get(1).ask("write " + new Load.Plan(1, 0, keys, 1, valueBytes, 0).words());
    Members.pass(3_000);
    long killed = System.nanoTime();
    members.kill(1);

    long millis = Members.awaitEqual(members.list(), killed, 60_000);
    measured.happened(test, "packets lost", hosts.faults().lost());
    measured.atMost(20_000, test, "ms until the survivors are equal", millis);
    Contents contents = Contents.of(members.list());
    assertThat(contents.differences()).isEmpty();
    contents
        .byMember()
        .values()
        .forEach(held -> assertThat(held).hasSizeGreaterThanOrEqualTo(keys));
  }

  @Test
  void stop_ofOneMember_delaysNoOther() {
    startMembers(4);
    writeGently(1, 2, 3);
    Members.pass(5_000);
    long before = Collections.max(stopWriting(1, 2, 3));
    Members.awaitEqual(members.list(), System.nanoTime());

    members.get(4).pause();
    CompletableFuture<MemberProcess.Answer> asked = members.get(4).send("size");
    writeGently(1, 2, 3);
    long slowest = 0;
    for (int second = 0; second < 20; second++) {
      slowest = Math.max(slowest, millisUntilSeen("probe-" + second));
      Members.pass(1_000);
    }
    long during = Collections.max(stopWriting(1, 2, 3));
    long equal = Members.awaitEqual(members.list(1, 2, 3), System.nanoTime());
    assertThat(asked).as("it was stopped").isNotDone();
    long resumed = System.nanoTime();
    members.get(4).resume();

    measured.note(test, "µs of a put, 99th percentile, before", before);
    measured.atMost(
        Math.max(5 * before, 2_000), test, "µs of a put, 99th percentile, meanwhile", during);
    measured.atMost(1_000, test, "ms until a change is seen by the others", slowest);
    measured.atMost(2_000, test, "ms until the others are equal", equal);
    assertEqualAndAsWritten(resumed, EQUAL_WITHIN_MILLIS);
  }

  @Test
  void stop_ofOneForAMinuteOfWrites_memoryOfTheWriterStaysFlat() {
    startMembers(2);
    members.get(2).pause();
    Load.Plan plan = new Load.Plan(1, 0, 500, 500, 100, 5);
    members.get(1).ask("write " + plan.words());
    List<Long> kilobytes = new ArrayList<>();
    for (int sample = 0; sample < 6; sample++) {
      Members.pass(10_000);
      kilobytes.add(Long.parseLong(members.get(1).ask("heap")));
    }
    String[] done = members.get(1).ask("stop").split(" ");
    long stopped = System.nanoTime();
    members.get(2).resume();

    measured.note(test, "operations in that minute", done[0]);
    measured.note(test, "kB alive in the writer after 10, 20 … 60 s", kilobytes);
    // What waits and is under way comes and goes; what is kept for good is in every later sample.
    long growth = Collections.min(kilobytes.subList(3, 6)) - kilobytes.get(0);
    measured.atMost(4_096, test, "kB more in the second half than after 10 s", growth);
    assertEqualAndAsWritten(stopped, EQUAL_WITHIN_MILLIS);
  }

  private long millisUntilSeen(String key) {
    members.get(1).ask("put " + key + " here");
    long begun = System.nanoTime();
    while (!Members.askAll(members.list(2, 3), "get " + key).equals(List.of("here", "here"))) {
      if (Members.millisSince(begun) > 10_000) {
        throw new AssertionError(key + " is not seen");
      }
    }
    return Members.millisSince(begun);
  }

  @Test
  void silence_ofMulticastToOne_becomesEqual() {
    hearsNoMulticastForAWhile(20_000);
  }

  @Test
  void smallBuffers_overflowing_becomeEqual(@TempDir Path folder) {
    startMembers(4, List.of(SmallBuffers.classPath(folder)));
    assertThat(hosts.receiveBuffers(4))
        .as("the kernel doubles what is asked for")
        .hasSizeGreaterThanOrEqualTo(2)
        .containsOnly(2 * SmallBuffers.BYTES);
    writeWildly(1, 2, 3);
    for (int i = 0; i < 5; i++) {
      members.get(4).pause();
      Members.pass(1_000);
      members.get(4).resume();
      Members.pass(1_000);
    }
    stopWriting(1, 2, 3);
    long stopped = System.nanoTime();
    measured.happened(test, "datagrams without room", hosts.receiveBufferErrors(4));

    assertEqualAndAsWritten(stopped, EQUAL_WITHIN_MILLIS);
  }

  @Test
  void restart_ofEachInTurnUnderLoad_becomeEqual() {
    startMembers(4);
    writeGently();
    List<Map<String, String>> ledgersOfTheGone = new ArrayList<>();
    for (int host = 1; host <= 4; host++) {
      Members.pass(2_000);
      stopWriting(host);
      Members.pass(500); // what it wrote last is to be sent, and repaired where it is lost
      ledgersOfTheGone.add(Contents.byKey(members.get(host).lines("ledger")));
      members.leave(host);
      members.start(host);
      members.awaitAcquainted();
      writeGently(host);
    }
    Members.pass(2_000);
    stopWriting();

    Contents contents = assertEqual(System.nanoTime(), EQUAL_WITHIN_MILLIS);
    List<Map<String, String>> ledgers = new ArrayList<>(ledgersOfTheGone);
    ledgers.addAll(ledgers());
    assertThat(contents.contradictions(ledgers)).isEmpty();
  }

  @Test
  void join_late_hasEverythingSoonAndTheOthersServeMeanwhile() {
    hosts = Hosts.of(4);
    startMembersOn(List.of(), 1, 2, 3);
    members.get(1).ask("fill joined- " + JOINED_KEYS + " 100");
    Members.awaitEqual(members.list(), System.nanoTime());
    writeGently(2, 3);
    Members.pass(3_000);
    long before = Collections.max(stopWriting(2, 3));
    writeGently(2, 3);

    MemberProcess joiner = members.start(4);
    long opened = joiner.awaitReady();
    while (Long.parseLong(joiner.ask("size")) < JOINED_KEYS
        && Members.millisSince(opened) < 20_000) {
      Members.pass(10);
    }
    long joined = Members.millisSince(opened);
    long during = Collections.max(stopWriting(2, 3));

    long stopped = System.nanoTime();
    measured.atMost(5_000, test, "ms until it has " + JOINED_KEYS + " entries", joined);
    measured.note(test, "µs of a put elsewhere, 99th percentile, before", before);
    measured.atMost(
        Math.max(10 * before, 5_000),
        test,
        "µs of a put elsewhere, 99th percentile, meanwhile",
        during);
    assertEqualAndAsWritten(stopped, EQUAL_WITHIN_MILLIS);
  }

  @Test
  void rest_fiveMembers_hardlySpeak() {
    startMembers(5);
    members.get(1).ask("fill rest- 1000 100");
    Members.awaitEqual(members.list(), System.nanoTime());
    Members.pass(5_000);
    long begun = System.nanoTime();
    long before = Members.sum(members.list(), "BytesSent");
    Members.pass(20_000);
    long bytes = Members.sum(members.list(), "BytesSent") - before;

    measured.happened(test, "bytes in 20 s", bytes);
    measured.atMost(10_000, test, "bytes per second", bytes * 1_000 / Members.millisSince(begun));
    assertEqualAndAsWritten(System.nanoTime(), EQUAL_WITHIN_MILLIS);
  }
}
