package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.NodeId;

/**
 * A change to apply to this member's caches by {@link ApplyRule}. Immutable.
 *
 * @param change the change; a CLEAR concerns the cache's clear floor
 * @param from who sent it, not necessarily who wrote it
 * @param path the way by which it came
 */
public record Application(Change change, NodeId from, ApplyRule.Path path) {

  /** Returns the clear that a floor tells of. */
  static Application clear(ClearFloor floor, NodeId from) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return new Application(clear, from, ApplyRule.Path.REPAIR);
  }
}
