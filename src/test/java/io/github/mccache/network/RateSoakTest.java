package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One member changes more than the network carries, first while the network is wide, then while it
 * is narrow, then while it is wide again. The rate of that member must follow, down and up. It is
 * narrow for longer than a member is waited for that acknowledges nothing: no receiver can. {@code
 * mvn -Psoak verify}.
 */
@Tag("soak")
class RateSoakTest extends NetworkFixture {

  private static final long INITIAL_RATE = 20_000_000;
  private static final int WIDE_SECONDS = 5;
  private static final int NARROW_SECONDS = 25;
  private static final int WIDE_AGAIN_SECONDS = 10;
  private static final int SETTLED_SECONDS = 5;
  private static final long WITHIN_MILLIS = 20_000;

  /**
   * Without a pause the writer is short of processor time, is patient with the others for that
   * reason, and goes on waiting for them; with a pause it ceases to.
   */
  @ParameterizedTest(name = "{0} bytes a second, a pause of {1} µs")
  @CsvSource({"2000000, 0", "4000000, 0", "2000000, 20"})
  void narrow_oneWritesMoreThanFits_rateFallsAndRisesAgain(long capacity, long pauseMicros) {
    startMembers(4);
    MemberProcess writer = members.get(1);
    Load.Plan plan = new Load.Plan(1, pauseMicros, 5_000, 5_000, 1_000, 0);
    writer.ask("write " + plan.words());
    settledRate(writer, WIDE_SECONDS, "before");
    hosts.faults().narrow(capacity);
    long narrow = settledRate(writer, NARROW_SECONDS, "while it is narrow");
    measured.happened(test, "packets beyond the capacity", hosts.faults().exceeding());
    hosts.faults().heal();
    long wide = settledRate(writer, WIDE_AGAIN_SECONDS, "afterwards");
    stopWriting(1);
    long stopped = System.nanoTime();

    assertThat(narrow).as("the rate while it is narrow").isLessThan(INITIAL_RATE / 2);
    assertThat(wide).as("the rate afterwards").isGreaterThan(narrow);
    long millis = Members.awaitEqual(members.list(), stopped, 3 * WITHIN_MILLIS);
    measured.atMost(WITHIN_MILLIS, test, "ms until equal", millis);
    Contents contents = Contents.of(members.list());
    assertThat(contents.differences()).isEmpty();
    assertThat(contents.contradictions(ledgers())).isEmpty();
    measured.happened(test, "keys compared", contents.size());
  }

  /** Notes the rate at the end of each second, and returns the median of the last ones. */
  private long settledRate(MemberProcess writer, int seconds, String when) {
    List<Long> rates = new ArrayList<>();
    long sentBefore = Members.sum(List.of(writer), "BytesSent");
    long begun = System.nanoTime();
    for (int second = 0; second < seconds; second++) {
      Members.pass(1_000);
      rates.add(Members.sum(List.of(writer), "ProtocolCounts.rateBytesPerSecond"));
    }
    long sent = Members.sum(List.of(writer), "BytesSent") - sentBefore;
    List<Long> last = rates.subList(seconds - SETTLED_SECONDS, seconds).stream().sorted().toList();
    long settled = last.get(SETTLED_SECONDS / 2);
    measured.note(test, "kB/s allowed, " + when, rates.stream().map(rate -> rate / 1_000).toList());
    measured.note(test, "kB/s allowed, " + when + ", in the end", settled / 1_000);
    measured.note(test, "kB/s sent, " + when, sent / Members.millisSince(begun));
    return settled;
  }
}
