package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Load reservations: a loaded value is not stored if its key changed while the loader ran. Each
 * load in flight has a reservation, and each key with such loads counts the events that break them:
 * a remote change of the key, a local removal, an entry that goes and leaves no record. Only its
 * own key or a clear breaks a load, however long it takes.
 *
 * <p>A change whose key cannot be decoded here breaks the loads whose encoded key has the same
 * hash: see {@link #breakEncoded}.
 *
 * <p><b>Bound.</b> At most {@value #MAXIMUM} loads are in flight. A further one breaks the load
 * that began first, which may have been abandoned.
 *
 * <p>Thread-safe. While no load is in flight, breaking costs one look at an empty map.
 */
final class LoadGuard<K> {

  static final int MAXIMUM = 65_536;

  private static final long CLOCKS_DIFFER_BY = HybridTime.ofMillis(ApplyRule.MAX_AHEAD_MILLIS);

  private final ConcurrentHashMap<K, LoadedKey> keys = new ConcurrentHashMap<>();
  private final Set<Reservation<K>> inOrder = new LinkedHashSet<>(); // guarded by itself
  private final AtomicLong alarms = new AtomicLong();
  private final AtomicLong clears = new AtomicLong();
  private final AtomicLong highestClear = new AtomicLong();

  /** A key with loads in flight, and what has broken them. */
  private static final class LoadedKey {

    private final long encodedHash;
    private int loads; // guarded by the map
    private final AtomicLong breaks = new AtomicLong();
    private volatile Version highestGone = Version.NONE;

    LoadedKey(long encodedHash) {
      this.encodedHash = encodedHash;
    }

    synchronized void gone(Version version) {
      if (version.isAfter(highestGone)) {
        highestGone = version;
      }
    }
  }

  /** A load in flight. */
  static final class Reservation<K> {

    private final K key;
    private final Version version;
    private final long alarms;
    private final long clears;
    private @Nullable LoadedKey loadedKey; // set before it is handed out
    private long breaks;
    private volatile boolean abandoned;

    private Reservation(K key, Version version, long alarms, long clears) {
      this.key = key;
      this.version = version;
      this.alarms = alarms;
      this.clears = clears;
    }

    /** Returns the version that was stamped before the loader was called. */
    Version version() {
      return version;
    }
  }

  /**
   * Begins a load.
   *
   * @param encodedHash of the key as it travels, see {@link #hashOf}; 0 for a cache that is local
   * @param version stamped just now
   */
  Reservation<K> reserve(K key, long encodedHash, Version version) {
    Reservation<K> reservation = new Reservation<>(key, version, alarms.get(), clears.get());
    keys.compute(
        key,
        (k, present) -> {
          LoadedKey loadedKey = present == null ? new LoadedKey(encodedHash) : present;
          loadedKey.loads++;
          reservation.loadedKey = loadedKey;
          reservation.breaks = loadedKey.breaks.get();
          return loadedKey;
        });
    Reservation<K> eldest = null;
    synchronized (inOrder) {
      inOrder.add(reservation);
      if (inOrder.size() > MAXIMUM) {
        eldest = inOrder.iterator().next();
      }
    }
    if (eldest != null) {
      eldest.abandoned = true;
      release(eldest);
    }
    return reservation;
  }

  /** Ends a load, whatever became of it; further calls have no effect. */
  void release(Reservation<K> reservation) {
    boolean inFlight;
    synchronized (inOrder) {
      inFlight = inOrder.remove(reservation);
    }
    if (inFlight) {
      reservation.abandoned = true;
      keys.computeIfPresent(
          reservation.key, (k, loadedKey) -> --loadedKey.loads == 0 ? null : loadedKey);
    }
  }

  /** Breaks the loads of a key that are in flight. */
  void breakLoads(K key) {
    LoadedKey loadedKey = keys.isEmpty() ? null : keys.get(key);
    if (loadedKey != null) {
      loadedKey.breaks.incrementAndGet();
    }
  }

  /** Breaks the loads of a key that began before the write of an entry that has gone since. */
  void breakLoads(K key, Version gone) {
    LoadedKey loadedKey = keys.isEmpty() ? null : keys.get(key);
    if (loadedKey != null) {
      loadedKey.gone(gone);
    }
  }

  /** Breaks the loads in flight whose encoded key has the hash of this key. */
  void breakEncoded(Payload key) {
    if (keys.isEmpty()) {
      return;
    }
    long hash = hashOf(key.codec(), key.bytes());
    for (LoadedKey loadedKey : keys.values()) {
      if (loadedKey.encodedHash == hash) {
        loadedKey.breaks.incrementAndGet();
      }
    }
  }

  /** Returns the hash of an encoded key (FNV-1a, 64 bits: collisions are rare). */
  static long hashOf(int codec, byte[] bytes) {
    long hash = (0xcbf29ce484222325L ^ codec) * 0x100000001b3L;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Breaks all loads that are in flight. */
  void breakAllLoads() {
    alarms.incrementAndGet();
  }

  /**
   * Breaks the loads that began before a clear, or so soon after it by this member's clock that
   * they may have begun before it.
   *
   * @param clearTime the hybrid time of the clear, which may arrive late
   */
  void breakAllLoads(long clearTime) {
    highestClear.accumulateAndGet(clearTime, Math::max);
    clears.incrementAndGet();
  }

  /** Returns whether a load is not broken. */
  boolean isUnbroken(Reservation<K> reservation) {
    LoadedKey loadedKey = reservation.loadedKey;
    return loadedKey != null
        && !reservation.abandoned
        && loadedKey.breaks.get() == reservation.breaks
        && !loadedKey.highestGone.isAfter(reservation.version)
        && alarms.get() == reservation.alarms
        && (clears.get() == reservation.clears
            || reservation.version.time() - CLOCKS_DIFFER_BY > highestClear.get());
  }

  /** Returns the number of loads in flight. */
  int size() {
    synchronized (inOrder) {
      return inOrder.size();
    }
  }
}
