package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Range;
import java.util.ArrayList;
import java.util.List;

/** Ascending numbers as ranges. Confined to one thread. */
final class RangeList {

  private final List<Range> ranges = new ArrayList<>();

  /** Adds a number above all before. */
  void add(long number) {
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).last() == number - 1) {
      ranges.set(last, new Range(ranges.get(last).first(), number));
    } else {
      ranges.add(new Range(number, number));
    }
  }

  int size() {
    return ranges.size();
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Returns the ranges, and is empty from then on. */
  List<Range> take() {
    List<Range> taken = List.copyOf(ranges);
    ranges.clear();
    return taken;
  }
}
