package io.github.mccache.store;

import org.jspecify.annotations.Nullable;

/**
 * One key as its step sees it. Confined to the thread that runs the step and valid until the step
 * ends; afterwards, or in another thread, every method throws {@link IllegalStateException}.
 *
 * <p>A change is visible to readers at once, and stays when the step throws later. Recency changes
 * only where a method documents it.
 */
public interface Slot<K, V> {

  /**
   * Returns the key: the instance under which the entry is stored, which need not be the one given
   * to the operation.
   */
  K key();

  /** Returns the value, or null if there is no entry. */
  @Nullable V get();

  /**
   * Creates or replaces the entry and makes it the most recently used one.
   *
   * @throws IllegalArgumentException if a bound weighs the entry below 0; nothing is changed then
   */
  void set(V value);

  /**
   * Asks the bounds what an entry of a value weighs, for {@link #set(Object, Weights)}.
   *
   * @throws IllegalArgumentException if a bound weighs it below 0
   */
  Weights weigh(V value);

  /** As {@link #set(Object)}, of a value that has been weighed: no bound is called. */
  void set(V value, Weights weights);

  /**
   * As {@link #set(Object)}, but an entry that is there already keeps its place in the order of
   * use: for changes that are no use, such as another member's. A new entry is the most recently
   * used one.
   */
  void setQuietly(V value);

  /**
   * Returns whether a value could be stored, in place of the entry if there is one, without the
   * eviction of another; while other operations are under way, as of a moment just past. Asks the
   * weights of the bounds.
   */
  boolean hasRoomFor(V value);

  /**
   * Puts another value of the same weights in the place of the one that is there: no bound is
   * asked, and recency stays.
   *
   * @throws IllegalStateException if there is no entry
   */
  void replace(V value);

  /** Removes the entry, if there is one. */
  void remove();

  /** Makes the entry, if there is one, the most recently used. */
  void touch();
}
