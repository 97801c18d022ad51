package io.github.mccache.node;

import org.jspecify.annotations.Nullable;

/**
 * Receives the changes of a {@link CoherentStore} that its owner did not make. Called while the key
 * is locked, in the order of the changes of that key: an implementation enqueues them and returns
 * at once.
 *
 * @param <K> the type of keys
 */
public interface StoreObserver<K> {

  /**
   * Another member changed a key, and this store has applied the change.
   *
   * @param before the entry that was here, null if there was none that was alive
   * @param after the entry that is here now, null if there is none
   * @param change its kind
   * @param version hybrid time and origin of the change
   */
  void onRemoteChange(
      K key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      RemoteChange change,
      ChangeVersion version);

  /** An entry was evicted because a bound was reached. */
  void onEvicted(K key, VersionedEntry record);

  /** An entry has expired. */
  void onExpired(K key, VersionedEntry record);

  /** The kind of a change by another member. */
  enum RemoteChange {
    /** It wrote a value. */
    WRITTEN,
    /** It loaded a value. */
    LOADED,
    /** It removed the key. */
    REMOVED,
    /** It invalidated the key. */
    INVALIDATED
  }
}
