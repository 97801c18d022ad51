package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.Message.Repair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the survivors owe to a silent origin: what arrived here of its stream beyond a gap that the
 * origin cannot fill any more is told to all, so that they end with the union of what each of them
 * has heard. What was told is remembered for at most {@link Streams#MAX_STREAMS} origins.
 *
 * <p>And what is owed to all who refused what an origin wrote while its clock was ahead: a member
 * that was stopped meanwhile comes to it when its own clock has got there, and takes it. The origin
 * has taken it back by then, but what one has all are to have. Confined to the thread of {@link
 * Replica}.
 */
final class LastWords {

  private static final int MAX_CHANGES = 20_000;
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final Membership membership;
  private final Records records;
  private final Catchup catchup;
  private final Map<Long, Told> told = new HashMap<>();
  private @Nullable Long withdrawnToldNanos;

  /** What was told of a stream. */
  private record Told(long contiguous, long highest, int missing, long atNanos) {}

  LastWords(Membership membership, Records records, Catchup catchup) {
    this.membership = membership;
    this.records = records;
    this.catchup = catchup;
  }

  /** Tells all what only this member may know of a stream. */
  void tell(Stream stream, Sender sender, Pacer pacer, long nowNanos, EffectsCollector effects) {
    tellOfSilent(stream, sender, pacer, nowNanos, effects);
    Long before = withdrawnToldNanos;
    if (!catchup.isJoined() || (before != null && nowNanos - before < PAUSE_NANOS)) {
      return; // each time costs a look at every record, and somebody may feign it
    }
    long withdrawn = stream.takeWithdrawn();
    if (withdrawn > 0) {
      withdrawnToldNanos = nowNanos;
      tell(stream, List.of(), withdrawn, sender, pacer, effects);
    }
  }

  /**
   * Tells all what arrived here of a stream beyond a gap that its origin does not fill: with the
   * numbers, and the state of everything that this origin wrote since.
   */
  private void tellOfSilent(
      Stream stream, Sender sender, Pacer pacer, long nowNanos, EffectsCollector effects) {
    Peer origin = membership.find(stream.origin());
    boolean silent =
        origin == null || !origin.mayLive() || origin.silentNanos(nowNanos) >= Catchup.SILENT_NANOS;
    if (!catchup.isJoined() || !silent || !stream.isIncomplete()) {
      return;
    }
    List<Range> arrived = stream.arrivedBeyondGap(Nak.MAX_RANGES);
    Told before = told.get(stream.origin());
    Told now = new Told(stream.contiguous(), stream.highest(), stream.gaps().size(), nowNanos);
    if (arrived.isEmpty() || (before != null && !isNews(before, now))) {
      return;
    }
    told.put(stream.origin(), now);
    while (told.size() > Streams.MAX_STREAMS) {
      told.remove(told.keySet().iterator().next());
    }
    long since = stream.completeTime() - StateDonor.LONGEST_LOAD_TIME;
    tell(stream, arrived, since, sender, pacer, effects);
  }

  private void tell(
      Stream stream,
      List<Range> arrived,
      long above,
      Sender sender,
      Pacer pacer,
      EffectsCollector effects) {
    List<Change> words = new ArrayList<>();
    long origin = stream.origin();
    Iterator<@Nullable Change> all =
        records.scan(
            cache -> true,
            (cache, kind, version) -> version.origin() == origin && version.time() > above);
    while (all.hasNext() && words.size() <= MAX_CHANGES) {
      Change change = all.next();
      if (change != null
          && change.version().origin() == origin
          && change.version().time() > above) {
        words.add(change);
      }
    }
    boolean some = !words.isEmpty() || !arrived.isEmpty();
    if (some && words.size() <= MAX_CHANGES) {
      Repair repair = new Repair(0, stream.origin(), arrived, List.of(), words, false);
      pacer.chargeRepair(sender.send(repair, null, effects));
    }
  }

  /** Somebody who was away may not have heard it. */
  private boolean isNews(Told before, Told now) {
    boolean other =
        before.contiguous != now.contiguous
            || before.highest != now.highest
            || before.missing != now.missing;
    boolean reunited = now.atNanos - catchup.reunitedNanos() < PAUSE_NANOS;
    return (other || reunited) && now.atNanos - before.atNanos >= PAUSE_NANOS / 4;
  }
}
