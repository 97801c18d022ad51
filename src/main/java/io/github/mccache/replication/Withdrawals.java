package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends to all what an origin wrote while its clock was ahead, has withdrawn since, and this member
 * took: a member that was stopped meanwhile comes to it when its own clock has got there. The
 * others refused it, and what one has all are to have. It goes in datagrams of the usual length, as
 * fast as repairs may, with a bounded look at the records per tick. Confined to the thread of
 * {@link Replica}.
 */
final class Withdrawals {

  private static final int RECORDS_PER_TICK = 4_096;

  /** Every time costs a look at all records, and a peer may feign it. */
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final ReplicaOptions options;
  private final Records records;
  private final Catchup catchup;
  private Iterator<@Nullable Change> left = Collections.emptyIterator();
  private long origin;
  private long withdrawnAbove;
  private @Nullable Change next;
  private @Nullable Long begunNanos;

  Withdrawals(ReplicaOptions options, Records records, Catchup catchup) {
    this.options = options;
    this.records = records;
    this.catchup = catchup;
  }

  /** Begins if the origin of a stream has withdrawn what this member believed. */
  void look(Stream stream, long nowNanos) {
    Long before = begunNanos;
    if (!catchup.isJoined() || isBusy() || (before != null && nowNanos - before < PAUSE_NANOS)) {
      return;
    }
    long above = stream.takeWithdrawn();
    if (above > 0) {
      begunNanos = nowNanos;
      origin = stream.origin();
      withdrawnAbove = above;
      left = records.scan(cache -> true, (cache, kind, version) -> isWithdrawn(version));
    }
  }

  private boolean isWithdrawn(Version version) {
    return version.origin() == origin && version.time() > withdrawnAbove;
  }

  /** Returns whether something is left to be sent. */
  boolean isBusy() {
    return next != null || left.hasNext();
  }

  void onTick(Sender sender, Pacer pacer, EffectsCollector effects) {
    for (int looks = RECORDS_PER_TICK; looks > 0 && isBusy() && pacer.mayRepair(); ) {
      List<Change> part = new ArrayList<>();
      int room = options.dataBudgetBytes();
      while (room > 0 && looks > 0 && isBusy()) {
        Change change = next == null ? left.next() : next;
        looks--;
        next = null;
        if (change == null || !isWithdrawn(change.version())) {
          continue;
        }
        room -= options.sizeOf().applyAsInt(change);
        if (room < 0 && !part.isEmpty()) {
          next = change;
        } else {
          part.add(change);
        }
      }
      if (!part.isEmpty()) {
        Repair repair = new Repair(0, origin, List.of(), List.of(), part, false);
        pacer.chargeRepair(sender.send(repair, null, effects));
      }
    }
  }
}
