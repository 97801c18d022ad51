package io.github.mccache.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
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

  private static final class Ring<E> {
    private static final int SIZE = 32;

    private final AtomicReferenceArray<@Nullable E> slots = new AtomicReferenceArray<>(SIZE);
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();

    Outcome offer(E element) {
      long position = written.get();
      if (position - drained.get() >= SIZE) {
        return Outcome.FULL;
      }
      if (!written.compareAndSet(position, position + 1)) {
        return Outcome.LOST;
      }
      slots.setRelease(slot(position), element);
      return Outcome.NOTED;
    }

    void drain(Consumer<E> consumer) {
      long end = written.get();
      long position = drained.get();
      for (; position < end; position++) {
        E element = slots.getAcquire(slot(position));
        if (element == null) {
          break; // its writer has the position, but has not written yet
        }
        slots.setPlain(slot(position), null);
        consumer.accept(element);
      }
      drained.setRelease(position);
    }

    private static int slot(long position) {
      return (int) position & (SIZE - 1);
    }
  }
}
