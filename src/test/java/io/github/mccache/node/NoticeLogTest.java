package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NoticeLogTest {

  private static final NodeId PEER = new NodeId(0xabcdef01_00000000L, 7);

  private long nanos;
  private final NoticeLog log = new NoticeLog("me", cache -> "cache-" + cache, () -> nanos);

  static Stream<Arguments> notices() {
    long refused = HybridTime.ofMillis(3_000);
    long theirs = HybridTime.ofMillis(1_000);
    return Stream.of(
        Arguments.of(new Notice.MemberJoined(PEER, "peer"), "INFO", "peer (abcdef01) joined"),
        Arguments.of(new Notice.MemberJoined(PEER, ""), "INFO", "member abcdef01 joined"),
        Arguments.of(
            new Notice.MemberRecovered(PEER, "peer"), "INFO", "peer (abcdef01) arrive again"),
        Arguments.of(
            new Notice.MemberAcknowledgesNothing(PEER, "peer"),
            "WARN",
            "peer (abcdef01) is received but has acknowledged nothing"),
        Arguments.of(
            new Notice.MemberAcknowledges(PEER, "peer"),
            "INFO",
            "peer (abcdef01) acknowledges what it receives"),
        Arguments.of(
            new Notice.MemberSuspected(PEER, "peer"), "WARN", "suspects member peer (abcdef01)"),
        Arguments.of(new Notice.MemberDead(PEER, "peer"), "WARN", "considers member"),
        Arguments.of(new Notice.MemberLeft(PEER, "peer"), "INFO", "peer (abcdef01) left"),
        Arguments.of(new Notice.MembersRefused(1_024), "WARN", "more than 1024 members"),
        Arguments.of(
            new Notice.CacheModeDiffers(PEER, 1, "prices", "update", "replicate"),
            "WARN",
            "cache prices has mode update here and replicate on member abcdef01"),
        Arguments.of(new Notice.ChangeTooLarge(4), "WARN", "cache cache-4 has values"),
        Arguments.of(new Notice.KeyTooLarge(4), "ERROR", "cache cache-4 has keys"),
        Arguments.of(new Notice.Joined(7), "INFO", "joined, with 7 records"),
        Arguments.of(new Notice.StaysCold(), "INFO", "begin empty"),
        Arguments.of(new Notice.CaughtUp(9), "INFO", "caught up with 9 records"),
        Arguments.of(new Notice.HistoryForgotten(), "WARN", "its old entries are dropped"),
        Arguments.of(new Notice.Isolated(), "WARN", "receives none of the members"),
        Arguments.of(new Notice.Reconnected(), "INFO", "receives another member again"),
        Arguments.of(new Notice.ClockMoved(-70), "INFO", "moves by -70 ms"),
        Arguments.of(
            new Notice.OtherApplication(PEER, "peer"), "WARN", "member peer (abcdef01) has"),
        Arguments.of(
            new Notice.ClockAhead(PEER, refused, theirs), "WARN", "the clock here is 2000 ms"));
  }

  @ParameterizedTest
  @MethodSource("notices")
  void log_everyNotice_isOneLineThatNamesTheMember(Notice notice, String level, String words) {
    assertThat(LogOutput.of(() -> log.log(notice)))
        .singleElement()
        .asString()
        .contains(level, "me: ", words);
  }

  @ParameterizedTest
  @CsvSource({
    "COPY, 0, ERROR, another process sends as this member",
    "CLOCK_AHEAD, -700, WARN, 700 ms ahead",
    "ERROR, 0, ERROR, protocol thread failed"
  })
  void startedAnew_everyCause_namesItAndBothIncarnations(
      Instruction.Cause cause, long clockMillis, String level, String words) {
    NodeId former = new NodeId(10, 0);
    NodeId next = new NodeId(11, 0);

    assertThat(
            LogOutput.of(
                () -> log.startedAnew(new Instruction.StartAnew(cause, clockMillis), former, next)))
        .singleElement()
        .asString()
        .contains(level, "me: ", words, "starts anew as " + next, "before: " + former);
  }

  @Test
  void log_manyMembersComeAndGo_isBoundedAMinuteAndTheRestIsCounted() {
    List<String> lines =
        LogOutput.of(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                log.log(new Notice.MemberJoined(new NodeId(i, 0), "m" + i));
                log.log(new Notice.MemberLeft(new NodeId(i, 0), "m" + i));
              }
              log.log(new Notice.Isolated()); // another kind has its own lines
            });

    assertThat(lines).hasSize(2 * (NoticeLog.LINES_PER_MINUTE + 1) + 1);
    assertThat(lines.get(lines.size() - 1)).contains("receives none");
    assertThat(lines).filteredOn(line -> line.contains("only counted")).hasSize(2);

    nanos += TimeUnit.MINUTES.toNanos(1);
    assertThat(LogOutput.of(() -> log.log(new Notice.MemberJoined(PEER, "peer"))))
        .satisfiesExactly(
            count -> assertThat(count).contains("me: 970 lines as the next one were left out"),
            joined -> assertThat(joined).contains("peer (abcdef01) joined"));
  }

  @Test
  void onCacheFailure_again_isCountedOnlyAndNeverContainsTheMessage() {
    FailureLog failures = new FailureLog("me");
    Exception secret = new IllegalStateException("the value was: secret");

    assertThat(LogOutput.of(() -> failures.onCacheFailure("apply", "prices", secret)))
        .singleElement()
        .asString()
        .contains(
            "me: cache prices threw java.lang.IllegalStateException during the operation \"apply\"")
        .doesNotContain("secret");
    assertThat(LogOutput.of(() -> failures.onCacheFailure("apply", "prices", secret))).isEmpty();
    assertThat(
            LogOutput.of(
                () -> failures.onCacheFailure("apply", "prices", new ArithmeticException())))
        .hasSize(1);
    assertThat(failures.cacheFailures()).isEqualTo(3);
  }
}
