package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Hosts, members and the faults that several tests have in common, each as long as they say. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class NetworkFixture {

  /** Members are equal so soon after a fault, at the latest, when the processors are theirs. */
  static final long EQUAL_WITHIN_MILLIS = 3_000;

  private static final int BEARABLE_PERCENT = 10;
  private static final int REMOVE_PERCENT = 20;
  private static final int VALUE_BYTES = 100;
  private static final int OWN_KEYS = 300;
  private static final int SHARED_KEYS = 300;
  private static final long GENTLE_MICROS = 1_000;
  private static final long STAYS_EQUAL_MILLIS = 1_500;

  private final long equalWithinMillis;
  final Measurements measured = new Measurements();
  Hosts hosts;
  Members members;
  String test;

  NetworkFixture() {
    this(EQUAL_WITHIN_MILLIS);
  }

  /** Sets the limit for members to become equal after the faults below. */
  NetworkFixture(long equalWithinMillis) {
    this.equalWithinMillis = equalWithinMillis;
  }

  @BeforeEach
  void begin(TestInfo info) {
    RealNetwork.assumeUsable();
    test = info.getDisplayName().replaceFirst("\\(.*", "");
  }

  @AfterEach
  void close() {
    if (members != null) {
      members.close();
      members = null;
    }
    if (hosts != null) {
      hosts.close();
      hosts = null;
    }
  }

  @AfterAll
  void print() {
    measured.print(getClass().getSimpleName());
  }

  void startMembers(int count) {
    startMembers(count, List.of());
  }

  void startMembers(int count, List<Path> classPathStart) {
    hosts = Hosts.of(count);
    startMembersOn(classPathStart, IntStream.rangeClosed(1, count).toArray());
  }

  void startMembersOn(List<Path> classPathStart, int... numbers) {
    members = Members.on(hosts, classPathStart.stream().map(Path::toString).toList(), numbers);
  }

  /** Lets members change things, a little under a thousand times a second each. */
  void writeGently(int... numbers) {
    write(GENTLE_MICROS, numbers);
  }

  /** Lets members change things as fast as they can. */
  void writeWildly(int... numbers) {
    write(0, numbers);
  }

  private void write(long pauseMicros, int... numbers) {
    for (MemberProcess member : members.list(numbers)) {
      Load.Plan plan =
          new Load.Plan(
              member.name().hashCode(),
              pauseMicros,
              OWN_KEYS,
              SHARED_KEYS,
              VALUE_BYTES,
              REMOVE_PERCENT);
      member.ask("write " + plan.words());
    }
  }

  /** Ends what {@link #writeGently} began and returns the 99th percentile of each member, in µs. */
  List<Long> stopWriting(int... numbers) {
    List<Long> slowest = new ArrayList<>();
    long operations = 0;
    for (String figures : Members.askAll(members.list(numbers), "stop")) {
      String[] words = figures.split(" ");
      operations += Long.parseLong(words[0]);
      slowest.add(Long.valueOf(words[1]));
    }
    measured.happened(test, "operations", operations);
    return slowest;
  }

  /**
   * Waits until all members are equal, and shows that they are by comparing all keys of all
   * members, now and a while later, and by what the members did last.
   */
  Contents assertEqual(long sinceNanos, long limitMillis) {
    long millis = Members.awaitEqual(members.list(), sinceNanos);
    measured.atMost(limitMillis, test, "ms until equal", millis);
    assertThat(Contents.of(members.list()).differences()).isEmpty();
    Members.pass(STAYS_EQUAL_MILLIS);
    Contents contents = Contents.of(members.list());
    assertThat(contents.differences()).as("a while later").isEmpty();
    measured.happened(test, "keys compared", contents.size());
    return contents;
  }

  List<Map<String, String>> ledgers() {
    return members.list().stream().map(member -> Contents.byKey(member.lines("ledger"))).toList();
  }

  /** Returns what members did last to keys that nobody else writes. */
  List<Map<String, String>> ledgersOfOwnKeys() {
    return ledgers().stream().map(NetworkFixture::ownKeys).toList();
  }

  static Map<String, String> ownKeys(Map<String, String> ledger) {
    Map<String, String> own = new HashMap<>(ledger);
    own.keySet().removeIf(key -> key.startsWith("shared-"));
    return own;
  }

  void assertEqualAndAsWritten(long sinceNanos, long limitMillis) {
    Contents contents = assertEqual(sinceNanos, limitMillis);
    assertThat(contents.contradictions(ledgers())).isEmpty();
  }

  // Faults that more than one test class has, of different length.

  /**
   * Loses what the members write. Up to {@value #BEARABLE_PERCENT} percent the loss goes on while
   * they become equal; above, it ends with the writing.
   */
  void losesAndBecomesEqual(int percent, long millis) {
    startMembers(4);
    hosts.faults().lose(percent);
    writeGently();
    Members.pass(millis);
    stopWriting();
    if (percent > BEARABLE_PERCENT) {
      hosts.faults().heal();
    }
    long stopped = System.nanoTime();
    measured.happened(test, "packets lost", hosts.faults().lost());
    assertEqualAndAsWritten(stopped, equalWithinMillis);
  }

  void killsOneInABurst(long millis) {
    startMembers(4);
    writeGently(1, 2, 3);
    writeWildly(4);
    Members.pass(millis);
    long killed = System.nanoTime();
    members.kill(4);
    stopWriting();
    Contents contents = assertEqual(killed, equalWithinMillis);
    assertThat(contents.contradictions(ledgersOfOwnKeys())).isEmpty();
    assertThat(contents.byMember().get("m1").keySet())
        .as("what the dead member wrote")
        .anyMatch(key -> key.startsWith("m4-"));
  }

  void partsAndHeals(long millis) {
    startMembers(4);
    members.get(1).ask("fill doomed- 200 50");
    Members.awaitEqual(members.list(), System.nanoTime());
    hosts.faults().partition(Set.of(1, 2), Set.of(3, 4));
    writeGently();
    IntStream.range(0, 100).forEach(i -> assertRemoved(1, "doomed-" + i));
    IntStream.range(50, 150).forEach(i -> assertRemoved(3, "doomed-" + i));
    Members.pass(millis);
    stopWriting();
    assertThat(members.get(4).ask("get doomed-0"))
        .as("removed beyond the cut")
        .isNotEqualTo("null");
    measured.happened(test, "packets cut", hosts.faults().severed());

    long healed = System.nanoTime();
    hosts.faults().heal();
    Contents contents = assertEqual(healed, equalWithinMillis);

    assertThat(contents.contradictions(ledgers())).isEmpty();
    contents
        .byMember()
        .forEach(
            (member, entries) -> {
              List<String> doomed =
                  entries.keySet().stream().filter(key -> key.startsWith("doomed-")).toList();
              assertThat(doomed)
                  .as("of the keys that were not removed, on " + member)
                  .containsExactlyInAnyOrderElementsOf(
                      IntStream.range(150, 200).mapToObj(i -> "doomed-" + i).toList());
            });
  }

  private void assertRemoved(int member, String key) {
    assertThat(members.get(member).ask("remove " + key)).isEqualTo("true");
  }

  void hearsNoMulticastForAWhile(long millis) {
    startMembers(4);
    hosts.faults().silence(4);
    writeGently();
    Members.pass(millis);
    stopWriting();
    measured.happened(test, "packets silenced", hosts.faults().silenced());
    long healed = System.nanoTime();
    hosts.faults().heal();
    assertEqualAndAsWritten(healed, equalWithinMillis);
  }
}
