package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class SerialQueueTest {

  private final Queue<Runnable> handedOver = new ArrayDeque<>();
  private final List<Integer> done = new ArrayList<>();
  private Throwable refusal;

  private final SerialQueue queue =
      new SerialQueue(
          task -> {
            if (refusal instanceof Error error) {
              throw error;
            }
            if (refusal != null) {
              throw (RuntimeException) refusal;
            }
            handedOver.add(task);
          },
          3);

  private void runAll() {
    for (Runnable task = handedOver.poll(); task != null; task = handedOver.poll()) {
      task.run();
    }
  }

  @Test
  void add_noThreadToBeHad_throwsNothingAndTheNextTriesAgain() {
    refusal = new OutOfMemoryError("unable to create native thread");
    assertThat(queue.add(() -> done.add(1))).isTrue();
    refusal = null;
    assertThat(queue.add(() -> done.add(2))).isTrue();
    runAll();
    assertThat(done).containsExactly(1, 2);
  }

  @Test
  void add_executorIsClosed_closesTheQueue() {
    refusal = new RejectedExecutionException();
    assertThat(queue.add(() -> done.add(1))).isTrue();
    refusal = null;
    assertThat(queue.add(() -> done.add(2))).isFalse();
    runAll();
    assertThat(done).isEmpty();
  }

  @Test
  void add_tooManyWait_refuses() {
    for (int i = 0; i < 3; i++) {
      assertThat(queue.add(() -> done.add(1))).isTrue();
    }
    assertThat(queue.add(() -> done.add(2))).isFalse();
    runAll();
    assertThat(done).containsExactly(1, 1, 1);
    assertThat(queue.add(() -> done.add(3))).isTrue();
    runAll();
    assertThat(done).endsWith(3);
  }

  @Test
  void add_whileOneRuns_isNotHandedOverTwice() {
    queue.add(() -> queue.add(() -> done.add(2)));
    queue.add(() -> done.add(1));
    assertThat(handedOver).hasSize(1);
    runAll();
    assertThat(done).containsExactly(1, 2);
  }
}
