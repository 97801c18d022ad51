package io.github.mccache.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notes of what was read, in bounded rings. {@link #offer} is lock-free and for any thread; {@link
 * #drain} is for one thread at a time.
 *
 * <p>There is one ring, so all notes keep their order, until two threads collide; then the number
 * of rings doubles, up to four per processor, and order is kept per ring. A thread always uses the
 * same ring of as many as there are.
 */
final class ReadBuffer<E> {

  /** What became of a note. */
  enum Outcome {
    NOTED,
    /** Not noted: drain first. */
    FULL,
    /** Lost: other threads were quicker. */
    LOST
  }

  private static final int MAXIMUM_RINGS =
      Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());

  private volatile List<Ring<E>> rings = List.of(new Ring<>()); // a power of two of them

  Outcome offer(E element) {
    List<Ring<E>> current = rings;
    Outcome outcome = ringOfThisThread(current).offer(element);
    if (outcome != Outcome.LOST) {
      return outcome;
    }
    if (current.size() < MAXIMUM_RINGS) {
      grow(current);
    }
    return ringOfThisThread(rings).offer(element);
  }

  void drain(Consumer<E> consumer) {
    for (Ring<E> ring : rings) {
      ring.drain(consumer);
    }
  }

  private synchronized void grow(List<Ring<E>> seen) {
    if (rings == seen) {
      List<Ring<E>> grown = new ArrayList<>(seen);
      for (int i = 0; i < seen.size(); i++) {
        grown.add(new Ring<>());
      }
      rings = List.copyOf(grown);
    }
  }

  private static <E> Ring<E> ringOfThisThread(List<Ring<E>> rings) {
    long mixed = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return rings.get((int) (mixed >>> 32) & (rings.size() - 1));
  }

  /**
   * One ring. The elements are published by whatever the caller of drain holds; a plain array,
   * because its access is no call: the stack, which ends at calls, cannot end between the claim of
   * a position and the note.
   */
  private static final class Ring<E> {
    private static final int SIZE = 32;

    private final @Nullable Object[] slots = new @Nullable Object[SIZE];
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();

    /**
     * The position up to which this was drained, even if a drain ended in an Error before it
     * published that.
     */
    private long consumed;

    Outcome offer(E element) {
      long position = written.get();
      if (position - drained.get() >= SIZE) {
        return Outcome.FULL;
      }
      if (!written.compareAndSet(position, position + 1)) {
        return Outcome.LOST;
      }
      slots[(int) position & (SIZE - 1)] = element;
      return Outcome.NOTED;
    }

    @SuppressWarnings("unchecked") // offer adds nothing else
    void drain(Consumer<E> consumer) {
      long end = written.get();
      while (consumed < end) {
        int slot = (int) consumed & (SIZE - 1);
        E element = (E) slots[slot];
        if (element == null) {
          break; // its writer has the position, but has not written yet
        }
        slots[slot] = null;
        consumed++;
        consumer.accept(element);
      }
      drained.setRelease(consumed);
    }
  }
}
