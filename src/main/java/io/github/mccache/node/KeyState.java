package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.store.Slot;
import org.jspecify.annotations.Nullable;

/**
 * One key of a {@link CoherentStore} while a thread has it to itself. Valid within that step, on
 * its thread. Whether the entry is past its deadline is judged by the time at which the step began:
 * what the step has decided still holds when it acts, however long a callback took in between.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class KeyState<K, V> {

  /** A time to live that never ends. */
  public static final long ETERNAL = Change.ETERNAL;

  private final CoherentStore<K, V> store;
  private final Slot<Object, VersionedEntry> slot;
  private final long nowMillis;
  private final @Nullable VersionedEntry atFirst;

  KeyState(CoherentStore<K, V> store, Slot<Object, VersionedEntry> slot) {
    this.store = store;
    this.slot = slot;
    this.nowMillis = store.nowMillis();
    VersionedEntry record = slot.get();
    this.atFirst = record != null && store.isLive(record, nowMillis) ? record : null;
  }

  /** Returns the key. */
  public K key() {
    return store.key(slot);
  }

  /**
   * Returns the entry that is to be seen now, null when there is none. One whose value cannot be
   * decoded is none.
   */
  public @Nullable VersionedEntry live() {
    VersionedEntry record = slot.get();
    boolean live =
        record != null && store.isLive(record, nowMillis) && store.isReadable(slot, record);
    return live ? record : null;
  }

  /** Returns the entry as {@link #live}, whether readers may see it and can read it or not. */
  public @Nullable VersionedEntry present() {
    VersionedEntry record = slot.get();
    return record != null && store.isPresent(record, nowMillis) ? record : null;
  }

  /** Removes and returns the entry if it is past its deadline, else returns null. */
  public @Nullable VersionedEntry expireIfDue() {
    VersionedEntry record = slot.get();
    if (record == null || !record.isExpired(nowMillis)) {
      return null;
    }
    boolean visible = store.isPresent(record, Long.MIN_VALUE);
    store.expire(slot, record);
    return visible ? record : null;
  }

  /** Removes an entry because it expires now. */
  public void expire(VersionedEntry record) {
    store.expire(slot, record);
  }

  /** Notes that the entry was used, for what is evicted next. */
  public void touch() {
    slot.touch();
  }

  /**
   * Writes a value that expires a time after its version.
   *
   * @param held from {@link CoherentStore#hold}
   * @param ttlMillis above zero; {@link #ETERNAL} for never
   */
  public VersionedEntry write(Object held, long ttlMillis) {
    return clearedIfOvertaken(store.publish(slot, held, Deadline.after(ttlMillis)));
  }

  /** Writes a value that expires when the entry before it would have. */
  public VersionedEntry writeKeepingDeadline(Object held) {
    return clearedIfOvertaken(store.publish(slot, held, Deadline.UNCHANGED));
  }

  /** What a clear overtook comes before it: the step may have read what has been cleared. */
  private VersionedEntry clearedIfOvertaken(VersionedEntry written) {
    if (atFirst != null && store.isOvertakenByClear(atFirst)) {
      store.invalidate(slot);
    }
    return written;
  }

  /**
   * Writes a value in the place in history at which its step began, unless news of the key came
   * since.
   *
   * @param early whether other members may be told of that place; else the write is one of now
   * @return the entry, null if it was not stored
   */
  public @Nullable VersionedEntry writeSince(
      Object held, long ttlMillis, CoherentStore.Load begun, boolean early) {
    return store.publishSince(slot, held, Deadline.after(ttlMillis), begun, early);
  }

  /**
   * Stores a value that was loaded, unless news of the key came since the load began.
   *
   * @return the entry, null if it was not stored
   */
  public @Nullable VersionedEntry store(Object held, long ttlMillis, CoherentStore.Load load) {
    return store.publishLoad(slot, held, Deadline.after(ttlMillis), load);
  }

  /** As {@link #store}, with the deadline of the entry before. */
  public @Nullable VersionedEntry storeKeepingDeadline(Object held, CoherentStore.Load load) {
    return store.publishLoad(slot, held, Deadline.UNCHANGED, load);
  }

  /**
   * Removes the key here and everywhere, also when it is absent here; returns the version of the
   * removal.
   */
  public ChangeVersion remove() {
    return ChangeVersion.of(store.remove(slot));
  }

  /** Removes the key here alone: a clear of the whole cache is about to tell the others. */
  public void removeForClear() {
    slot.remove();
  }

  /**
   * Makes the key a miss here and everywhere: it was written, with a value that is expired already.
   */
  public void invalidate() {
    store.invalidate(slot);
  }
}
