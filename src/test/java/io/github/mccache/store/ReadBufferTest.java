package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("own-jvm")
final class ReadBufferTest {
  private final ReadBuffer<Integer> buffer = new ReadBuffer<>();
  private final List<Integer> drained = new ArrayList<>();

  @Test
  void offer_full_saysSoAndTakesNoteAgainOnceDrained() {
    int number = 0;
    for (int round = 0; round < 3; round++) {
      while (buffer.offer(number) == ReadBuffer.Outcome.NOTED) {
        number++;
      }
      assertThat(buffer.offer(-1)).isEqualTo(ReadBuffer.Outcome.FULL);
      buffer.drain(drained::add);
    }
    assertThat(number).isPositive();
    assertThat(drained).containsExactlyElementsOf(IntStream.range(0, number).boxed().toList());
  }

  @Test
  void offer_manyThreads_whatIsNotedIsDrainedExactlyOnce() throws Exception {
    int count = 4;
    CyclicBarrier start = new CyclicBarrier(count + 1);
    AtomicInteger running = new AtomicInteger(count);
    List<List<Integer>> noted = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> mine = new ArrayList<>();
      noted.add(mine);
      int first = i * 1_000_000;
      Thread thread =
          new Thread(
              () -> {
                awaitUninterrupted(start);
                for (int number = first; number < first + 100_000; number++) {
                  if (buffer.offer(number) == ReadBuffer.Outcome.NOTED) {
                    mine.add(number);
                  }
                }
                running.decrementAndGet();
              });
      thread.start();
      threads.add(thread);
    }
    awaitUninterrupted(start);
    while (running.get() > 0) {
      buffer.drain(drained::add);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    buffer.drain(drained::add);
    assertThat(drained).hasSize(noted.stream().mapToInt(List::size).sum());
    for (int i = 0; i < count; i++) {
      int thread = i;
      List<Integer> ofThread = drained.stream().filter(n -> n / 1_000_000 == thread).toList();
      assertThat(ofThread.stream().sorted().toList()).isEqualTo(noted.get(i));
    }
  }

  /** Under Lincheck: whatever was noted in any interleaving is drained once. */
  public static class Notes {
    private final ReadBuffer<Integer> buffer = new ReadBuffer<>();
    private final AtomicInteger sum = new AtomicInteger();

    @Operation
    public void offer(@Param(gen = IntGen.class, conf = "1:1000") int number) {
      if (buffer.offer(number) == ReadBuffer.Outcome.NOTED) {
        sum.addAndGet(number);
      }
    }

    @Operation(nonParallelGroup = "draining")
    public void drain() {
      buffer.drain(number -> sum.addAndGet(-number));
    }

    @Validate
    public void nothingIsLostOrDrainedTwice() {
      drain();
      if (sum.get() != 0) {
        throw new IllegalStateException("noted and drained differ by " + sum.get());
      }
    }
  }

  /** The operations of {@link Notes} return nothing. */
  public static class Nothing {
    public void offer(int number) {}

    public void drain() {}
  }

  @Test
  void offerAndDrain_modelChecked_loseNothing() {
    new ModelCheckingOptions()
        .logLevel(LoggingLevel.ERROR)
        .iterations(4)
        .invocationsPerIteration(200)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(Nothing.class)
        .check(Notes.class);
  }

  private static void awaitUninterrupted(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
