package io.github.mccache.api;

import java.util.Locale;

/** What a cache sends to the other members of its cluster. */
public enum Mode {
  /** Nothing: the cache of this process alone. */
  LOCAL,
  /** That a key changed: the others forget it and load it for themselves. */
  INVALIDATE,
  /** The new value: the others take it where they hold the key already. */
  UPDATE,
  /** The new value: the others take it, whether they held the key or not. The default. */
  REPLICATE;

  /** Returns the name by which settings call this mode, such as {@code replicate}. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
