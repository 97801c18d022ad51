package io.github.mccache.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Events in the order of their time, and of their planning at the same time: a binary heap. */
final class EventQueue {

  private @Nullable Event[] heap = new Event[1_024];
  private int size;
  private long planned;

  void add(long atNanos, Event event) {
    event.plan(atNanos, planned++);
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!event.isBefore(heap[parent])) {
        break;
      }
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = event;
  }

  boolean hasBefore(long endNanos) {
    return size > 0 && heap[0].atNanos() <= endNanos;
  }

  Event remove() {
    Event first = heap[0];
    Event last = heap[--size];
    heap[size] = null;
    if (size > 0) {
      sink(last);
    }
    return first;
  }

  private void sink(Event last) {
    int hole = 0;
    while (true) {
      int child = 2 * hole + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(last)) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
  }
}
