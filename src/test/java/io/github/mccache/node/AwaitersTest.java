package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AwaitersTest {

  private static final long FOREVER = Long.MAX_VALUE;

  private final Awaiters awaiters = new Awaiters("member", 10);

  @Test
  void await_reachedAlready_doesNotWait() throws Exception {
    assertThat(awaiters.await(10, 0)).isTrue();
  }

  @Test
  void await_notReachedInTime_tellsSoAndIsForgotten() throws Exception {
    assertThat(awaiters.await(11, 1)).isFalse();
    assertThat(awaiters.isMoreAwaited(0)).isFalse();
  }

  @Test
  void await_interruptedBefore_throws() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> awaiters.await(11, FOREVER)).isInstanceOf(InterruptedException.class);
    assertThat(awaiters.isMoreAwaited(0)).isFalse();
  }

  @Test
  void reached_someOfThoseWhoWait_go() throws Exception {
    CompletableFuture<Boolean> low = waitFor(20);
    CompletableFuture<Boolean> high = waitFor(30);
    Eventually.until("both wait", () -> awaiters.isMoreAwaited(29));

    awaiters.reached(25);
    assertThat(low.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(high).isNotDone();
    assertThat(awaiters.isMoreAwaited(29)).isTrue();

    awaiters.reached(12); // somebody joined
    awaiters.reached(30);
    assertThat(high.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(awaiters.isMoreAwaited(0)).isFalse();
  }

  @Test
  void fail_awaited_endsInAnException() throws Exception {
    CompletableFuture<Boolean> waiting = waitFor(20);
    Eventually.until("waits", () -> awaiters.isMoreAwaited(19));

    awaiters.fail();

    assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(MemberFailedException.class);
    assertThatThrownBy(() -> awaiters.await(1, FOREVER))
        .as("of what was reached before nothing is known either")
        .isInstanceOf(MemberFailedException.class)
        .hasMessageContaining("member member has failed");
    assertThat(awaiters.isMoreAwaited(0)).isFalse();
  }

  @Test
  void end_somebodyWaits_goesAndNobodyWaitsAnyMore() throws Exception {
    CompletableFuture<Boolean> waiting = waitFor(20);
    Eventually.until("waits", () -> awaiters.isMoreAwaited(19));

    awaiters.end();

    assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
    awaiters.reached(1);
    assertThat(awaiters.await(40, FOREVER)).isTrue();
  }

  @Test
  void isAwaited_fromBeginToEnd() {
    assertThat(awaiters.isAwaited()).isFalse();
    awaiters.expect();
    awaiters.expect();
    awaiters.expectNoMore();
    assertThat(awaiters.isAwaited()).isTrue();
    awaiters.expectNoMore();
    assertThat(awaiters.isAwaited()).isFalse();
  }

  private CompletableFuture<Boolean> waitFor(long time) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return awaiters.await(time, FOREVER);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }
}
