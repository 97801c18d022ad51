package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import java.util.function.Consumer;

/**
 * A clustered cache as the event loop sees it. {@link #drain} and {@link #apply} are called on the
 * thread of the event loop only and must not block; the others are called by any thread and give
 * the same answer always, but for {@link #clearFloor}.
 */
public interface ClusteredCache {

  /** Returns the number by which frames name it, see {@link io.github.mccache.protocol.CacheId}. */
  long id();

  /** Returns its name. */
  String name();

  /** Returns the name of its mode: {@code invalidate}, {@code update} or {@code replicate}. */
  String modeName();

  /** Returns its highest clear, {@link Version#NONE} if it was never cleared. */
  Version clearFloor();

  /**
   * Hands out what became of changed keys and forgets, before it looks at the state of a key, that
   * this key changed.
   *
   * @param maximumChanges how many keys may be taken, above zero
   * @param out takes the changes; does not throw
   * @return how many keys were taken; fewer than {@code maximumChanges} only if none was left
   */
  int drain(int maximumChanges, Consumer<Change> out);

  /**
   * Applies a change of another member by {@link ApplyRule}.
   *
   * @param from who sent it, not necessarily who wrote it
   * @param path the way by which it came
   */
  ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path);
}
