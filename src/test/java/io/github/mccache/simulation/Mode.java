package io.github.mccache.simulation;

import io.github.mccache.node.StoreOptions.Sharing;

/** The modes of clustered caches. */
enum Mode {
  REPLICATE('r', Sharing.REPLICATE),
  UPDATE('u', Sharing.UPDATE),
  INVALIDATE('i', Sharing.INVALIDATE);

  private final char letter;
  private final Sharing sharing;

  Mode(char letter, Sharing sharing) {
    this.letter = letter;
    this.sharing = sharing;
  }

  char letter() {
    return letter;
  }

  Sharing sharing() {
    return sharing;
  }
}
