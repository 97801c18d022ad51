package io.github.mccache.api;

/**
 * What JSR-107's beans do not say of a cache, as a management bean, {@code
 * io.github.mccache:type=Cache,…}: there while the cache is open. Counters begin when the cache is
 * opened and only go up. Thread-safe.
 */
public interface SharedCacheMXBean {

  /** Returns the mode by its setting's name, such as {@code replicate}. */
  String getMode();

  /** Returns the number of entries on this member. */
  long getEntries();

  /**
   * Returns how many keys and values of other members could not be decoded, or were not allowed to
   * be: each is a miss.
   */
  long getUndecodable();

  /**
   * Returns how many changes of other members are kept encoded now, since their keys cannot be
   * decoded here: no operation sees them until the cache has learned the class of the key, by the
   * first use of such a key on this member. Members that request them receive them.
   */
  long getUnreadableKeys();

  /**
   * Returns how many keys and values could not be encoded, so that other members did not get them.
   */
  long getUnencodable();

  /**
   * Returns how many values were above {@code max-value}, so that other members forgot the key
   * instead.
   */
  long getOversizedValues();

  /**
   * Returns how often two members had different values under one version: 0 unless a process was
   * cloned.
   */
  long getConflicts();

  /** Returns how many entries were not kept because their keys are too long for a frame. */
  long getOversizedKeys();

  /**
   * Returns how many tombstones and fences went before their time because there were too many; what
   * is older than they were is not trusted any more.
   */
  long getMarksForgottenEarly();

  /**
   * Returns how often the cache was cleared on every member because more keys had gone than could
   * be remembered for the other members.
   */
  long getOverflows();

  /** Returns how many events were dropped because listeners were too slow. */
  long getDroppedEvents();

  /**
   * Returns how stale a read can be, in milliseconds, see {@link MemberMXBean#getStalenessMillis};
   * 0 for a local cache.
   */
  long getStalenessMillis();

  /** Returns {@link McCache#checksum} as text. */
  String checksum();
}
