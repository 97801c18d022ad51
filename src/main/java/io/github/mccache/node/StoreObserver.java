package io.github.mccache.node;

import org.jspecify.annotations.Nullable;

/**
 * Hears what happened to a {@link CoherentStore} without its owner's doing. Called while the key is
 * held, in the order of the changes of that key: an implementation hands the news on and returns at
 * once.
 *
 * @param <K> the type of keys
 */
public interface StoreObserver<K> {

  /**
   * Another member changed a key, and this store followed.
   *
   * @param before the entry that was here, null if there was none that was alive
   * @param after the entry that is here now, null if there is none
   * @param change what it was
   * @param version hybrid time and origin of the change
   */
  void onRemoteChange(
      K key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      RemoteChange change,
      ChangeVersion version);

  /** An entry had to go because a bound was reached. */
  void onEvicted(K key, VersionedEntry record);

  /** An entry that was past its deadline had to go. */
  void onExpired(K key, VersionedEntry record);

  /** What another member did. */
  enum RemoteChange {
    /** It wrote a value. */
    WRITTEN,
    /** It loaded a value. */
    LOADED,
    /** It removed the key. */
    REMOVED,
    /** It changed the key, and did not say to what. */
    INVALIDATED
  }
}
