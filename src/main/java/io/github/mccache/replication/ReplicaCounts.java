package io.github.mccache.replication;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often what happened, since the start, by the names under which management shows it.
 * Immutable.
 *
 * @param byName in alphabetical order
 */
public record ReplicaCounts(Map<String, Long> byName) {

  /** Takes a copy. */
  public ReplicaCounts {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /**
   * Returns one of them.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public long get(String name) {
    Long count = byName.get(name);
    if (count == null) {
      throw new IllegalArgumentException(name + " is not counted; counted are " + byName.keySet());
    }
    return count;
  }
}
