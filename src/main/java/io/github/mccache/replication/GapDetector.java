package io.github.mccache.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * What has arrived of one member's stream, and what is missing. Confined to the thread of {@link
 * Replica}.
 *
 * <p>Kept are the highest number known, the gaps below it (at most {@value #MAX_GAPS}; then the
 * lowest is given up) and the number at or below which nothing is certain: what came before this
 * member listened, and gaps that were given up. So a stream costs the same memory whatever its
 * sender claims.
 */
final class GapDetector {

  static final int MAX_GAPS = 64;

  /** What a sequence number means to the stream. */
  enum Arrival {
    /** Not seen before. */
    NEW,
    /** Seen before. */
    DUPLICATE,
    /** So old that it is not known whether it was seen: to be treated as new. */
    LATE
  }

  /**
   * Sequence numbers that are missing.
   *
   * @param sinceNanos when they were found missing
   * @param reported whether they were returned by {@link #takeOverdue}
   */
  record Gap(long first, long last, long sinceNanos, boolean reported) {

    private long size() {
      return last - first + 1;
    }
  }

  /** Ascending, disjoint, none above {@link #highest}. */
  private final List<Gap> gaps = new ArrayList<>();

  private boolean started;
  private long highest;
  private long uncertain;
  private long missing;

  /** A data message of this number arrived. The first one starts the stream. */
  Arrival onData(long sequence, long nowNanos) {
    if (!started) {
      start(sequence - 1);
    }
    if (sequence > highest) {
      addGap(highest + 1, sequence - 1, nowNanos);
      highest = sequence;
      return Arrival.NEW;
    }
    if (closes(sequence)) {
      return Arrival.NEW;
    }
    return sequence <= uncertain ? Arrival.LATE : Arrival.DUPLICATE;
  }

  /** The sender says that this is its last number so far. The first such word starts the stream. */
  void onAnnounced(long sequence, long nowNanos) {
    if (!started) {
      start(sequence);
    }
    if (sequence > highest) {
      addGap(highest + 1, sequence, nowNanos);
      highest = sequence;
    }
  }

  /** Returns the number up to which everything has arrived, or lies before the start. */
  long contiguous() {
    return gaps.isEmpty() ? highest : gaps.get(0).first - 1;
  }

  /** Returns the highest number known. */
  long highest() {
    return highest;
  }

  /** Returns the gaps, ascending. */
  List<Gap> gaps() {
    return List.copyOf(gaps);
  }

  /** Returns how many messages were reported or given up as missing. */
  long missing() {
    return missing;
  }

  /** Returns the gaps that have been open for longer than the grace, each once. */
  List<Gap> takeOverdue(long nowNanos, long graceNanos) {
    List<Gap> overdue = new ArrayList<>();
    for (int i = 0; i < gaps.size(); i++) {
      Gap gap = gaps.get(i);
      if (!gap.reported && nowNanos - gap.sinceNanos > graceNanos) {
        overdue.add(gap);
        missing += gap.size();
        gaps.set(i, new Gap(gap.first, gap.last, gap.sinceNanos, true));
      }
    }
    return overdue;
  }

  private void start(long before) {
    started = true;
    highest = before;
    uncertain = before;
  }

  private void addGap(long first, long last, long nowNanos) {
    if (first > last) {
      return;
    }
    gaps.add(new Gap(first, last, nowNanos, false));
    giveUpBeyondMaximum();
  }

  private void giveUpBeyondMaximum() {
    if (gaps.size() > MAX_GAPS) {
      Gap lost = gaps.remove(0);
      uncertain = lost.last;
      missing += lost.reported ? 0 : lost.size();
    }
  }

  /** Takes the number out of the gap that it lies in, and returns whether there was one. */
  private boolean closes(long sequence) {
    for (int i = 0; i < gaps.size(); i++) {
      Gap gap = gaps.get(i);
      if (sequence >= gap.first && sequence <= gap.last) {
        gaps.remove(i);
        if (sequence < gap.last) {
          gaps.add(i, new Gap(sequence + 1, gap.last, gap.sinceNanos, gap.reported));
        }
        if (sequence > gap.first) {
          gaps.add(i, new Gap(gap.first, sequence - 1, gap.sinceNanos, gap.reported));
        }
        giveUpBeyondMaximum();
        return true;
      }
    }
    return false;
  }
}
