package io.github.mccache.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More than the network takes, all at once, and what is held afterwards: in room for 300,000
 * entries every member has every key, and all the same. When it has been written is when the load
 * ends; how long it takes from there is measured, and bounded generously, for it depends on the
 * machine. {@code mvn -Psoak verify}.
 */
@Tag("soak")
class PressureSoakTest extends NetworkFixture {

  private static final int MANY = 100_000;
  private static final long WITHIN_MILLIS = 20_000;

  @ParameterizedTest(name = "loss {0} %")
  @ValueSource(ints = {0, 4})
  void burst_everybodyWritesAllKeys_noneIsMissing(int percent) {
    startMembers(4);
    if (percent > 0) {
      hosts.faults().lose(percent);
    }
    fill(MANY, 100, 1, 2, 3, 4);
    assertComplete(MANY);
  }

  @Test
  void burst_smallReceiveBuffers_noneIsMissing(@TempDir Path folder) {
    startMembers(4, List.of(SmallBuffers.classPath(folder)));
    fill(MANY, 100, 1, 2, 3, 4);
    assertComplete(MANY);
  }

  @Test
  void burst_oneIsStoppedMeanwhile_noneIsMissing() {
    startMembers(4);
    List<CompletableFuture<MemberProcess.Answer>> filling = beginFill(MANY, 100, 1, 2, 3, 4);
    members.get(4).pause();
    Members.pass(5_000);
    members.get(4).resume();
    filling.forEach(MemberProcess::get);
    assertComplete(MANY);
  }

  @Test
  void burst_valuesOf10Kilobytes_noneIsMissing() {
    startMembers(4);
    fill(1_000, 10_000, 1, 2, 3, 4);
    assertComplete(1_000);
  }

  @Test
  void burst_valuesOfAMegabyteByOne_noneIsMissing() {
    startMembers(4);
    fill(100, 1_000_000, 1);
    assertComplete(100);
  }

  @Test
  void burst_valuesOfAMegabyteByAll_noneIsMissing() {
    startMembers(4);
    List<CompletableFuture<MemberProcess.Answer>> filling = new ArrayList<>();
    for (MemberProcess member : members.list()) {
      filling.add(member.send("fill " + member.name() + "- 25 1000000"));
    }
    filling.forEach(MemberProcess::get);
    assertComplete(100);
  }

  @Test
  void burst_smallValuesAfterLargeOnes_noneIsMissing() {
    startMembers(2);
    members.get(1).ask("fill large- 30 1000000");
    members.get(1).ask("fill small- 2000 100");
    assertComplete(2_030);
  }

  @Test
  void burst_almostAsManyAsThereIsRoomForAndOneIsStopped_noneIsMissing() {
    startMembers(4);
    List<CompletableFuture<MemberProcess.Answer>> filling = beginFill(290_000, 100, 1);
    Members.pass(500);
    members.get(4).pause();
    Members.pass(5_000);
    members.get(4).resume();
    filling.forEach(MemberProcess::get);
    assertComplete(290_000);
  }

  private void fill(int keys, int bytes, int... by) {
    beginFill(keys, bytes, by).forEach(MemberProcess::get);
  }

  private List<CompletableFuture<MemberProcess.Answer>> beginFill(int keys, int bytes, int... by) {
    List<CompletableFuture<MemberProcess.Answer>> filling = new ArrayList<>();
    for (MemberProcess member : members.list(by)) {
      filling.add(member.send("fill key- " + keys + " " + bytes));
    }
    return filling;
  }

  private void assertComplete(int keys) {
    long stopped = System.nanoTime();
    List<String> missing = List.of("not asked");
    while (!missing.isEmpty() && Members.millisSince(stopped) < 6 * WITHIN_MILLIS) {
      missing = missing(keys);
    }
    if (!missing.isEmpty()) {
      throw new AssertionError(missing + " of " + keys + ": " + differing());
    }
    measured.atMost(WITHIN_MILLIS, test, "ms until all have all", Members.millisSince(stopped));
    measured.note(test, "MB sent", Members.sum(members.list(), "BytesSent") / 1_000_000);
  }

  /** Returns what is not the same everywhere, or not complete; empty when nothing is. */
  private List<String> missing(int keys) {
    List<String> digests = Members.askAll(members.list(), "digest");
    boolean complete = digests.stream().allMatch(digest -> digest.startsWith(keys + " "));
    return complete && digests.stream().distinct().count() == 1 ? List.of() : digests;
  }

  private List<String> differing() {
    return Contents.of(members.list()).differences();
  }
}
