package io.github.mccache.node;

/**
 * Up to which time other members are known to have applied all changes. A {@link CoherentStore}
 * reads it with every eviction and many writes. Thread-safe; no method blocks, and each costs about
 * one volatile read.
 */
public interface Stability {

  /** For a cache that is not shared, or a member that never had a peer. */
  Stability NONE =
      new Stability() {
        @Override
        public long stableTime() {
          return Long.MAX_VALUE;
        }

        @Override
        public long aliveStableTime() {
          return Long.MAX_VALUE;
        }

        @Override
        public boolean isIsolated() {
          return false;
        }

        @Override
        public long isolatedSince() {
          return Long.MAX_VALUE;
        }
      };

  /**
   * Returns the hybrid time at or below which every member that is remembered has applied every
   * change; {@link Long#MAX_VALUE} while none is.
   */
  long stableTime();

  /** Returns the same for the members that are alive: at or above {@link #stableTime}. */
  long aliveStableTime();

  /** Returns whether peers are known that did not leave, and none of them is alive. */
  boolean isIsolated();

  /**
   * Returns the hybrid time at which the isolation began; {@link Long#MAX_VALUE} outside of one.
   */
  long isolatedSince();
}
