package io.github.mccache.replication;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.KeyVersion;
import io.github.mccache.protocol.Message.Pull;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Message.Scrub;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last line of defence: now and then sends a datagram of keys with their versions, in turn
 * through all caches. A receiver that holds an older version of a key pulls it; a receiver that
 * holds a newer version sends that. A receiver without a value of the key pulls it unless something
 * speaks against it ({@link Records#lacks}): in particular there must be room, so that no evicted
 * entry comes back and none is evicted for it. All members together send one datagram per interval.
 * Versions younger than {@value #SETTLED_MILLIS} ms are left to the streams. Confined to the thread
 * of {@link Replica}.
 */
final class Scrubber {

  static final long SETTLED_MILLIS = 5_000;

  private static final int KEYS_SKIPPED_AT_ONCE = 1_000;
  private static final int MOST_ANSWERS_PER_PULL = 8;

  /** More than the largest datagram holds; a message in pieces may hold a hundred times as many. */
  static final int MOST_KEYS = 4_096;

  private static final long LONGEST_PAUSE_NANOS = Long.MAX_VALUE / 4;

  /** How many bytes one member may pull in a second; a single larger value may be sent alone. */
  static final int MOST_BYTES_PER_MEMBER_AND_SECOND = 256 << 10;

  /** How many bytes all members may pull in a second. */
  static final int MOST_BYTES_PER_SECOND = 1 << 20;

  private static final long SECOND_NANOS = 1_000_000_000;

  private final ReplicaOptions options;
  private final Records records;
  private List<Long> caches = List.of();
  private int nextCache;
  private long current;
  private Iterator<Change> cursor = Collections.emptyIterator();
  private @Nullable Change left;
  private long dueNanos;
  private long differences;
  private final Map<Long, Long> pulledBytes = new HashMap<>();
  private long pulledBytesInAll;
  private long pulledSinceNanos;
  private long pullsRefused;

  Scrubber(ReplicaOptions options, Records records, long nowNanos) {
    this.options = options;
    this.records = records;
    this.dueNanos = nowNanos + pauseNanos(1);
    this.pulledSinceNanos = nowNanos;
  }

  /** Returns so many intervals; a sum that {@link System#nanoTime} can be compared by, at most. */
  private long pauseNanos(int intervals) {
    return Math.min(LONGEST_PAUSE_NANOS / intervals, NANOSECONDS.convert(options.scrubInterval()))
        * intervals;
  }

  void onCaches(List<Long> open) {
    caches = List.copyOf(open);
    cursor = Collections.emptyIterator();
    left = null;
  }

  long dueNanos() {
    return dueNanos;
  }

  /** Returns how many keys were found at different versions. */
  long differences() {
    return differences;
  }

  void onTick(
      int aliveMembers, Sender sender, Pacer pacer, long nowNanos, EffectsCollector effects) {
    if (nowNanos - dueNanos < 0) {
      return;
    }
    dueNanos = nowNanos + pauseNanos(aliveMembers + 1);
    if (aliveMembers == 0 || !pacer.mayTransfer(false)) {
      return;
    }
    for (int tries = 0; tries <= caches.size() && left == null && !cursor.hasNext(); tries++) {
      nextCache();
    }
    List<KeyVersion> keys = new ArrayList<>();
    int room = options.dataBudgetBytes();
    long settled = settledTime();
    for (int seen = 0; seen < KEYS_SKIPPED_AT_ONCE && (left != null || cursor.hasNext()); seen++) {
      Change change = left == null ? cursor.next() : left;
      left = null;
      int bytes = options.sizeOf().applyAsInt(change);
      if (change.version().time() <= settled && bytes <= options.dataBudgetBytes()) {
        room -= bytes;
        if (room < 0) {
          left = change; // otherwise every round would leave it out
          break;
        }
        keys.add(new KeyVersion(Objects.requireNonNull(change.key()), change.version()));
      }
    }
    if (!keys.isEmpty()) {
      pacer.chargeTransfer(sender.send(new Scrub(current, keys), null, effects));
    }
  }

  private void nextCache() {
    if (caches.isEmpty()) {
      return;
    }
    nextCache = (nextCache + 1) % caches.size();
    current = caches.get(nextCache);
    cursor = records.scanVersions(current);
  }

  /**
   * A member sent keys with their versions.
   *
   * @param takesValues whether its values are applied here
   */
  void onScrub(
      long self,
      long from,
      boolean takesValues,
      Scrub scrub,
      Sender sender,
      Pacer pacer,
      EffectsCollector effects) {
    long settled = settledTime();
    List<Payload> wanted = new ArrayList<>();
    List<Change> newer = new ArrayList<>();
    int room = options.dataBudgetBytes();
    List<KeyVersion> keys = scrub.keys();
    for (KeyVersion their : keys.subList(0, Math.min(MOST_KEYS, keys.size()))) {
      Version our = records.version(scrub.cache(), their.key());
      if (our == null || our.equals(their.version())) {
        if (takesValues
            && their.version().time() <= settled
            && records.lacks(scrub.cache(), their.key(), their.version())) {
          differences++;
          wanted.add(their.key());
        }
        continue;
      }
      if (their.version().isAfter(our)) {
        differences++;
        wanted.add(their.key());
      } else if (our.time() <= settled) {
        differences++;
        Change change = records.current(scrub.cache(), their.key());
        room -= change == null ? 0 : options.sizeOf().applyAsInt(change);
        if (change != null && room >= 0) {
          newer.add(change);
        }
      }
    }
    if (!wanted.isEmpty()) {
      pacer.charge(sender.send(new Pull(from, scrub.cache(), wanted), from, effects));
    }
    tell(self, from, newer, sender, pacer, effects);
  }

  /** Returns how many keys were not sent because the limits of a second were reached. */
  long pullsRefused() {
    return pullsRefused;
  }

  /**
   * Returns whether so many bytes may be sent to a member that pulls. A request takes a few bytes;
   * a value may take megabytes.
   */
  private boolean mayPull(long from, int bytes, long nowNanos) {
    if (nowNanos - pulledSinceNanos >= SECOND_NANOS) {
      pulledSinceNanos = nowNanos;
      pulledBytes.clear();
      pulledBytesInAll = 0;
    }
    long before = pulledBytes.getOrDefault(from, 0L);
    boolean may =
        (before == 0 || before + bytes <= MOST_BYTES_PER_MEMBER_AND_SECOND)
            && (pulledBytesInAll == 0 || pulledBytesInAll + bytes <= MOST_BYTES_PER_SECOND);
    if (may) {
      pulledBytes.put(from, before + bytes);
      pulledBytesInAll += bytes;
    } else {
      pullsRefused++;
    }
    return may;
  }

  /** A member requests the records of keys. */
  void onPull(
      long self,
      long from,
      Pull pull,
      Sender sender,
      Pacer pacer,
      long nowNanos,
      EffectsCollector effects) {
    List<Change> state = new ArrayList<>();
    int told = 0;
    int room = options.dataBudgetBytes();
    List<Payload> keys = pull.keys();
    for (Payload key : keys.subList(0, Math.min(MOST_KEYS, keys.size()))) {
      Change change = records.current(pull.cache(), key);
      if (change == null) {
        continue;
      }
      int bytes = options.sizeOf().applyAsInt(change);
      if (!mayPull(from, bytes, nowNanos)) {
        continue;
      }
      if (bytes > room && !state.isEmpty()) {
        tell(self, from, state, sender, pacer, effects);
        if (++told == MOST_ANSWERS_PER_PULL) {
          return;
        }
        state = new ArrayList<>();
        room = options.dataBudgetBytes();
      }
      state.add(change);
      room -= bytes;
    }
    tell(self, from, state, sender, pacer, effects);
  }

  private static void tell(
      long self,
      long to,
      List<Change> state,
      Sender sender,
      Pacer pacer,
      EffectsCollector effects) {
    if (!state.isEmpty()) {
      Repair repair = new Repair(to, self, List.of(), List.of(), state, false);
      pacer.chargeTransfer(sender.send(repair, to, effects));
    }
  }

  private long settledTime() {
    return HybridTime.ofMillis(Math.max(0, records.clockMillis() - SETTLED_MILLIS));
  }
}
