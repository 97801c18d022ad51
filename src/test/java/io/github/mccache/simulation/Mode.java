package io.github.mccache.simulation;

/** The modes of clustered caches. */
enum Mode {
  REPLICATE,
  UPDATE,
  INVALIDATE
}
