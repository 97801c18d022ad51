package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Answers NAKs for this member's own stream: with the current state of the keys for which the
 * missing sequence was the last, or that it is void, or that a state transfer is needed. Requests
 * are collected for a moment; {@value #FOR_ALL} or more requests for one sequence are answered to
 * all. A message in fragments is repaired in fragments, unless it is superseded. At most {@value
 * #MAX_PENDING} sequences wait for an answer; others are requested again. Confined to the thread of
 * {@link Replica}.
 */
final class RepairAnswers {

  static final int MAX_PENDING = 8_192;
  static final int FOR_ALL = 3;

  private static final long HOLD_OFF_NANOS = 5_000_000;
  private static final int MAX_NUMBERS_PER_NAK = Stream.MAX_MISSING;
  private static final long ALL = 0;

  private final NodeId self;
  private final ReplicaOptions options;
  private final SentIndex index;
  private final Records records;
  private final ClearFloors clearFloors;
  private final TreeMap<Long, Set<Long>> pending = new TreeMap<>();
  private final Set<Long> toResync = new HashSet<>();
  private long dueNanos;
  private long repairs;
  private long voids;
  private long resyncs;
  private long dropped;

  RepairAnswers(
      NodeId self,
      ReplicaOptions options,
      SentIndex index,
      Records records,
      ClearFloors clearFloors) {
    this.self = self;
    this.options = options;
    this.index = index;
    this.records = records;
    this.clearFloors = clearFloors;
  }

  /**
   * A member misses something.
   *
   * @param highest the last number that was given out
   */
  void onNak(long from, Nak nak, long highest, OutgoingFragments fragments, long nowNanos) {
    if (pending.isEmpty() && toResync.isEmpty()) {
      dueNanos = nowNanos + HOLD_OFF_NANOS;
    }
    long asker = nak.round() < GapRequests.ROUNDS_TO_SENDER_ALONE ? from : ALL;
    int numbers = 0;
    for (Range range : nak.missing()) {
      long last = Math.min(range.last(), highest);
      for (long number = Math.max(1, range.first()); number <= last; number++) {
        if (index.isForgotten(number) || ++numbers > MAX_NUMBERS_PER_NAK) {
          if (toResync.size() < MAX_PENDING) {
            toResync.add(from);
          }
          return;
        }
        boolean superseded = index.stillLast(number).isEmpty();
        if ((superseded || !fragments.onMissing(number, from, nowNanos))
            && !expect(number, asker)) {
          return;
        }
      }
    }
    for (MissingFragments missing : nak.fragments()) {
      long number = fragments.sequenceOf(missing.assembly());
      if (number > 0 && !index.isForgotten(number) && index.stillLast(number).isEmpty()) {
        expect(number, from); // nothing in it is of use any more: void, and no piece of it
      } else {
        fragments.onMissing(missing, from);
      }
    }
  }

  /** A number is to be answered; returns whether there is room for that. */
  private boolean expect(long number, long asker) {
    if (pending.size() >= MAX_PENDING && !pending.containsKey(number)) {
      dropped++;
      return false;
    }
    Set<Long> askers = pending.computeIfAbsent(number, absent -> new TreeSet<>());
    if (askers.size() < FOR_ALL) { // so many are as good as all
      askers.add(asker);
    }
    return true;
  }

  boolean hasPending() {
    return !pending.isEmpty() || !toResync.isEmpty();
  }

  long dueNanos() {
    return dueNanos;
  }

  int pending() {
    return pending.size();
  }

  /** Returns how many are kept that ask for a number. */
  int askersOf(long number) {
    return pending.getOrDefault(number, Set.of()).size();
  }

  /** Returns how many numbers were answered with the state of their keys. */
  long repairs() {
    return repairs;
  }

  /** Returns how many were answered as void. */
  long voids() {
    return voids;
  }

  /** Returns how many members were told to pull the state. */
  long resyncs() {
    return resyncs;
  }

  /** Returns how many requests were dropped because too much was pending. */
  long dropped() {
    return dropped;
  }

  void onTick(Sender sender, Pacer pacer, long nowNanos, EffectsCollector effects) {
    if (!hasPending() || nowNanos - dueNanos < 0) {
      return;
    }
    for (long asker : toResync) {
      resyncs++;
      pacer.chargeRepair(
          sender.send(
              new Repair(asker, self.origin(), List.of(), List.of(), List.of(), true),
              asker,
              effects));
    }
    toResync.clear();
    Map<Long, Answer> answers = new HashMap<>();
    while (!pending.isEmpty() && pacer.mayRepair()) {
      Map.Entry<Long, Set<Long>> lowest = pending.pollFirstEntry();
      Set<Long> askers = lowest.getValue();
      boolean toAll = askers.contains(ALL) || askers.size() >= FOR_ALL;
      List<Change> state = state(lowest.getKey());
      for (long asker : toAll ? Set.of(ALL) : askers) {
        answers
            .computeIfAbsent(asker, Answer::new)
            .add(lowest.getKey(), state, sender, pacer, effects);
      }
    }
    answers.values().forEach(answer -> answer.flush(sender, pacer, effects));
    dueNanos = nowNanos + HOLD_OFF_NANOS;
  }

  /** Returns what is so now of the keys for which this number was the last word. */
  private List<Change> state(long number) {
    List<SentIndex.Sent> keys = index.stillLast(number);
    if (keys.isEmpty()) {
      voids++;
    } else {
      repairs++;
    }
    List<Change> state = new ArrayList<>(keys.size());
    for (SentIndex.Sent sent : keys) {
      Payload key = sent.key();
      if (key == null) {
        Version floor = clearFloors.floor(sent.cache());
        Version clear = floor.isAfter(sent.version()) ? floor : sent.version();
        state.add(Change.clear(sent.cache(), clear));
      } else {
        state.add(state(sent, key, records.current(sent.cache(), key)));
      }
    }
    return state;
  }

  /** What is not known any more may not be trusted anywhere. */
  private static Change state(SentIndex.Sent sent, Payload key, @Nullable Change current) {
    return current == null || sent.version().isAfter(current.version())
        ? Change.invalidate(sent.cache(), sent.version(), key)
        : current;
  }

  /** What one asker, or all, are to be told. */
  private final class Answer {

    private final long to;
    private final RangeList repaired = new RangeList();
    private final RangeList voided = new RangeList();
    private final List<Change> changes = new ArrayList<>();
    private int bytes;

    Answer(long to) {
      this.to = to;
    }

    void add(
        long number, List<Change> state, Sender sender, Pacer pacer, EffectsCollector effects) {
      int stateBytes = state.stream().mapToInt(options.sizeOf()).sum();
      boolean full = repaired.size() >= Nak.MAX_RANGES - 1 || voided.size() >= Nak.MAX_RANGES - 1;
      // 20 bytes for each range: a datagram holds all of them, and as many changes as fit beside
      int used = bytes + 20 * (repaired.size() + voided.size() + 1);
      if (full || used + stateBytes > options.dataBudgetBytes()) {
        flush(sender, pacer, effects);
      }
      (state.isEmpty() ? voided : repaired).add(number);
      changes.addAll(state);
      bytes += stateBytes;
    }

    void flush(Sender sender, Pacer pacer, EffectsCollector effects) {
      if (repaired.isEmpty() && voided.isEmpty()) {
        return;
      }
      Repair repair =
          new Repair(
              to,
              self.origin(),
              repaired.take(),
              voided.take(),
              List.copyOf(changes),
              false,
              index.lastSequence());
      pacer.chargeRepair(sender.send(repair, to == ALL ? null : (Long) to, effects));
      changes.clear();
      bytes = 0;
    }
  }
}
