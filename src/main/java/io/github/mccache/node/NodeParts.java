package io.github.mccache.node;

/**
 * What the protocol thread of a member shares with its other threads: writers, the transport,
 * readers of statistics. Each part is thread-safe.
 *
 * @param gate finds the times up to which all writers have marked their changes
 * @param caches the caches that the member keeps coherent
 */
record NodeParts(
    MemberClock clock,
    StampGate gate,
    CacheRegistry caches,
    NodeCounters counters,
    FailureLog failures) {

  /** Returns the parts of a new member, which has no caches. */
  static NodeParts of(MemberClock clock, FailureLog failures) {
    return new NodeParts(
        clock, new StampGate(clock::next), new CacheRegistry(clock), new NodeCounters(), failures);
  }
}
