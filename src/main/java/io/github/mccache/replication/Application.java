package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.NodeId;

/**
 * A change to apply to this member's caches by {@link ApplyRule}. Immutable.
 *
 * @param change the change; a CLEAR concerns the cache's clear floor
 * @param from who sent it, not necessarily who wrote it
 * @param path the way by which it came
 */
public record Application(Change change, NodeId from, ApplyRule.Path path) {}
