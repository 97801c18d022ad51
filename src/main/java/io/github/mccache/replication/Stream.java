package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of one member's stream, what is missing, and up to which time that is complete.
 * Confined to the thread of {@link Replica}.
 *
 * <p>A stream starts at 0: what its sender said before it was first heard here is missing like
 * anything else. A gap of more than {@value #MAX_MISSING} messages, or one that stays open for too
 * long, <em>breaks</em> the stream: then nothing is asked for by number any more, and the state is
 * pulled. So a stream costs the same memory whatever its sender claims.
 */
final class Stream {

  static final int MAX_MISSING = 2_048;

  /** No process gives out more numbers than this. */
  static final long MAX_SEQUENCE = 1L << 40;

  /** No process gives out more numbers than this in a second. */
  static final long MAX_PER_SECOND = 1_000_000;

  private static final long SECOND_NANOS = 1_000_000_000;

  private static final int MAX_CHECKPOINTS = 64;
  private static final long NOTHING = -1;

  /** Numbers that are missing, and when they are asked for next. */
  static final class Gap {

    private final long first;
    private final long last;
    private final long sinceNanos;
    private int round;
    private long dueNanos;

    Gap(long first, long last, long sinceNanos, int round, long dueNanos) {
      this.first = first;
      this.last = last;
      this.sinceNanos = sinceNanos;
      this.round = round;
      this.dueNanos = dueNanos;
    }

    Range range() {
      return new Range(first, last);
    }

    /** Returns how many times it was asked for. */
    int round() {
      return round;
    }

    long dueNanos() {
      return dueNanos;
    }

    long sinceNanos() {
      return sinceNanos;
    }

    void asked(long nextDueNanos) {
      round++;
      dueNanos = nextDueNanos;
    }

    private Gap part(long newFirst, long newLast) {
      return new Gap(newFirst, newLast, sinceNanos, round, dueNanos);
    }

    private long size() {
      return last - first + 1;
    }
  }

  /** Everything up to the time is in messages up to the number. */
  private record Checkpoint(long sequence, long completeTime) {}

  /** What was said in these numbers may not have been superseded before a later one. */
  private record Superseded(long first, long last, long by) {

    /** Returns whether what superseded this may be among what the other one stands for. */
    boolean dependsOn(Superseded other) {
      return other.first <= by && other.last > first;
    }

    Superseded by(long later) {
      return later > by ? new Superseded(first, last, later) : this;
    }
  }

  private final long origin;
  private final int slot;
  private final TreeMap<Long, Gap> gaps = new TreeMap<>();
  private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();
  private final List<Superseded> superseded = new ArrayList<>();
  private long highest;
  private long highestArrived;
  private @Nullable Long raisedNanos;
  private long completeTime;
  private long completeSequence;
  private long missingNow;
  private long missedInAll;
  private long arrivedInAll;
  private boolean broken;
  private boolean ackOwed;

  /**
   * Makes a stream of which nothing has arrived.
   *
   * @param slot a small number of its own among the streams of this member
   */
  Stream(long origin, int slot) {
    this.origin = origin;
    this.slot = slot;
  }

  long origin() {
    return origin;
  }

  int slot() {
    return slot;
  }

  /**
   * Returns whether the origin can have given out this number by now. A forged number that is far
   * ahead would make all honest ones look like repetitions, or keep this member catching up.
   */
  boolean isPlausible(long sequence, long nowNanos) {
    Long since = raisedNanos;
    if (sequence > MAX_SEQUENCE || since == null) {
      return sequence <= MAX_SEQUENCE;
    }
    return sequence - highest <= MAX_PER_SECOND * (1 + (nowNanos - since) / SECOND_NANOS);
  }

  /**
   * The origin itself has announced its highest number, after everything that this stream knows of:
   * higher numbers were forged.
   */
  void endsAt(long sequence) {
    if (sequence < highest) {
      take(sequence + 1, highest);
      highest = sequence;
      highestArrived = Math.min(highestArrived, sequence);
      checkpoints.removeIf(checkpoint -> checkpoint.sequence > sequence);
      superseded.removeIf(each -> each.by > sequence);
      completeSequence = Math.min(completeSequence, sequence);
      settle();
    }
  }

  /**
   * A message of this number arrived; returns whether it was not there before.
   *
   * @param firstAskNanos when what is now found missing is to be asked for
   */
  boolean onData(long sequence, long newCompleteTime, long nowNanos, long firstAskNanos) {
    highestArrived = Math.max(highestArrived, sequence);
    boolean isNew = sequence > highest || take(sequence, sequence) != NOTHING;
    if (isNew) {
      arrivedInAll++;
      if (sequence > highest) {
        raise(sequence - 1, nowNanos, firstAskNanos);
        highest = Math.max(highest, sequence);
        raisedNanos = nowNanos;
      }
    }
    checkpoint(sequence, newCompleteTime);
    return isNew;
  }

  /**
   * A message of this number arrived of which not everything could be applied. It counts as
   * missing, so that it is requested, but not as lost by the network.
   */
  void onNotApplied(long sequence, long newCompleteTime, long nowNanos, long firstAskNanos) {
    arrivedInAll++;
    if (sequence > highest) {
      raise(sequence - 1, nowNanos, firstAskNanos);
      raise(sequence, nowNanos, firstAskNanos);
      missedInAll--;
    }
    checkpoint(sequence, newCompleteTime);
  }

  /** Somebody says that there are messages up to this number, with all changes up to this time. */
  void onAnnounced(long sequence, long newCompleteTime, long nowNanos, long firstAskNanos) {
    raise(sequence, nowNanos, firstAskNanos);
    checkpoint(sequence, newCompleteTime);
  }

  /** The changes of these numbers were received by a repair, or are superseded. */
  void onRepaired(Range range) {
    onRepaired(range, 0);
  }

  /** The state was pulled from a member that had applied these numbers beyond a gap. */
  void onPulled(Range range) {
    superseded.removeIf(each -> each.first >= range.first() && each.last <= range.last());
    onRepaired(range);
  }

  /**
   * As {@link #onRepaired(Range)}; what was superseded is so by other numbers, at or below {@code
   * last}: until those have arrived, nothing from the repaired numbers on is complete.
   */
  void onRepaired(Range range, long last) {
    long first = take(range.first(), range.last());
    if (first != NOTHING) {
      highestArrived = Math.max(highestArrived, range.last());
      supersede(new Superseded(first, range.last(), last));
    }
    settle();
  }

  /** What superseded a message may be superseded as well, and then by what is later still. */
  private void supersede(Superseded repaired) {
    Superseded added = repaired;
    for (Superseded each : superseded) {
      added = added.dependsOn(each) ? added.by(each.by) : added;
    }
    if (added.by <= contiguous()) {
      return;
    }
    long by = added.by;
    Superseded latest = added;
    superseded.replaceAll(each -> each.dependsOn(latest) ? each.by(by) : each);
    superseded.add(added);
    if (superseded.size() > MAX_CHECKPOINTS) {
      Superseded oldest = superseded.remove(0);
      Superseded next = superseded.remove(0);
      superseded.add(
          0,
          new Superseded(
              Math.min(oldest.first, next.first),
              Math.max(oldest.last, next.last),
              Math.max(oldest.by, next.by)));
    }
  }

  /** The member started at this hybrid time, and stamped nothing before. */
  void onStarted(long time) {
    completeTime = Math.max(completeTime, time - 1);
  }

  /** The state was pulled from a member that had applied so much. */
  void advanceTo(long sequence, long newCompleteTime) {
    take(0, sequence);
    superseded.removeIf(each -> each.last <= sequence);
    highest = Math.max(highest, sequence);
    highestArrived = Math.max(highestArrived, sequence);
    if (gaps.isEmpty() || missingNow <= MAX_MISSING) {
      broken = false;
    }
    checkpoint(sequence, newCompleteTime);
    settle();
  }

  /** Gives up asking by number. */
  void breakUp() {
    broken = true;
  }

  /** Returns whether the state has to be pulled instead of asked for by number. */
  boolean isBroken() {
    return broken;
  }

  /** Returns whether something is missing. */
  boolean isIncomplete() {
    return !gaps.isEmpty();
  }

  /**
   * Returns whether something is missing, or what superseded a message has yet to arrive. If that
   * reached no member before the origin died, others may have what the message said, and this
   * member has not.
   */
  boolean lacksSomething() {
    return isIncomplete() || !superseded.isEmpty();
  }

  /** Returns whether something of this range is missing. */
  boolean misses(Range range) {
    Map.Entry<Long, Gap> gap = gaps.floorEntry(range.last());
    return gap != null && gap.getValue().last >= range.first();
  }

  /** Returns whether the message of this number would be new. */
  boolean lacks(long sequence) {
    return sequence > highest || misses(new Range(sequence, sequence));
  }

  /** Returns the number up to which everything has arrived. */
  long contiguous() {
    return gaps.isEmpty() ? highest : gaps.firstKey() - 1;
  }

  /**
   * Returns the number up to which everything has been applied, or something newer in its place:
   * lower than {@link #contiguous} while what superseded a message has yet to arrive. This is what
   * others are told, for who takes the state over from here knows nothing of that.
   */
  long applied() {
    long reached = contiguous();
    for (Superseded each : superseded) {
      reached = Math.min(reached, Math.max(0, each.first - 1));
    }
    return reached;
  }

  long highest() {
    return highest;
  }

  /** Returns the highest number of which something has arrived here, wherever the gaps are. */
  long highestArrived() {
    return Math.max(highestArrived, applied());
  }

  /**
   * Returns whether {@link #completeTime} is that of {@link #applied}, so that others may conclude
   * from both: not while a message that had arrived counts as missing.
   */
  boolean isTellable() {
    return applied() >= completeSequence;
  }

  /** Returns the hybrid time at or below which every change of the origin has arrived. */
  long completeTime() {
    return completeTime;
  }

  Collection<Gap> gaps() {
    return gaps.values();
  }

  /** Returns how many messages have been found missing, also if they came later. */
  long missedInAll() {
    return missedInAll;
  }

  long arrivedInAll() {
    return arrivedInAll;
  }

  /**
   * Returns what has been applied above the lowest gap, ascending, at most so many ranges. A number
   * that was superseded by one that is missing counts as missing.
   */
  List<Range> appliedBeyondGap(int limit) {
    TreeMap<Long, Long> missing = new TreeMap<>(); // from the first number to the last
    gaps.values().forEach(gap -> missing.put(gap.first, gap.last));
    superseded.forEach(each -> missing.merge(each.first, each.last, Math::max));
    List<Range> ranges = new ArrayList<>();
    long from = NOTHING;
    for (Map.Entry<Long, Long> each : missing.entrySet()) {
      if (from != NOTHING && from < each.getKey() && ranges.size() < limit) {
        ranges.add(new Range(from, each.getKey() - 1));
      }
      from = each.getValue() == Long.MAX_VALUE ? NOTHING : Math.max(from, each.getValue() + 1);
    }
    if (from != NOTHING && from <= highest && ranges.size() < limit) {
      ranges.add(new Range(from, highest));
    }
    return ranges;
  }

  boolean isAckOwed() {
    return ackOwed;
  }

  void setAckOwed(boolean owed) {
    ackOwed = owed;
  }

  private void raise(long sequence, long nowNanos, long firstAskNanos) {
    if (sequence <= highest) {
      return;
    }
    Gap gap = new Gap(highest + 1, sequence, nowNanos, 0, firstAskNanos);
    gaps.put(gap.first, gap);
    missingNow += gap.size();
    missedInAll += gap.size() <= MAX_MISSING ? gap.size() : 0; // what came before us is no loss
    highest = sequence;
    raisedNanos = nowNanos;
    if (missingNow > MAX_MISSING || missingNow < 0) {
      collapse(nowNanos, firstAskNanos);
    }
  }

  /** One gap instead of many: what has arrived in between is pulled once more. */
  private void collapse(long nowNanos, long firstAskNanos) {
    broken = true;
    if (gaps.size() > 1) {
      long first = gaps.firstKey();
      long last = gaps.lastEntry().getValue().last;
      gaps.clear();
      Gap all = new Gap(first, last, nowNanos, 0, firstAskNanos);
      gaps.put(first, all);
      missingNow = all.size();
    }
  }

  /** Takes numbers out of the gaps, and returns the lowest that was in one. */
  private long take(long first, long last) {
    long lowest = NOTHING;
    Map.Entry<Long, Gap> entry = gaps.floorEntry(last);
    while (entry != null && entry.getValue().last >= first) {
      Gap gap = entry.getValue();
      gaps.remove(gap.first);
      missingNow -= gap.size();
      lowest = Math.max(first, gap.first);
      if (gap.last > last) {
        put(gap.part(last + 1, gap.last));
      }
      if (gap.first < first) {
        put(gap.part(gap.first, first - 1));
      }
      entry = gaps.floorEntry(Math.min(last, gap.first - 1));
    }
    if (gaps.isEmpty()) {
      missingNow = 0;
    }
    return lowest;
  }

  private void put(Gap gap) {
    gaps.put(gap.first, gap);
    missingNow += gap.size();
  }

  private void checkpoint(long sequence, long time) {
    Checkpoint last = checkpoints.peekLast();
    if (time <= completeTime) {
      settle();
      return;
    }
    if (last == null || sequence > last.sequence) {
      if (checkpoints.size() >= MAX_CHECKPOINTS) {
        thinOut();
      }
      checkpoints.add(new Checkpoint(sequence, time));
    } else if (sequence == last.sequence && time > last.completeTime) {
      checkpoints.removeLast();
      checkpoints.add(new Checkpoint(sequence, time));
    } else if (sequence <= contiguous() && superseded.isEmpty()) {
      completeTime = time;
      completeSequence = Math.max(completeSequence, sequence);
    }
    settle();
  }

  private void thinOut() {
    List<Checkpoint> all = new ArrayList<>(checkpoints);
    checkpoints.clear();
    for (int i = 1; i < all.size(); i += 2) {
      checkpoints.add(all.get(i));
    }
  }

  private void settle() {
    if (!superseded.isEmpty()) {
      long arrived = contiguous();
      superseded.removeIf(each -> each.by <= arrived);
    }
    long reached = applied();
    while (!checkpoints.isEmpty() && checkpoints.getFirst().sequence <= reached) {
      Checkpoint next = checkpoints.removeFirst();
      completeTime = Math.max(completeTime, next.completeTime);
      completeSequence = Math.max(completeSequence, next.sequence);
    }
    if (gaps.isEmpty()) {
      broken = false;
    }
  }
}
