package io.github.mccache.node;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.wire.FrameCodec;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MemberShell} replaces when its member starts anew: the protocol with everything
 * that knows its history. Confined to the protocol thread, except {@link #codec} and {@link
 * ChangeSender#isWanted}.
 *
 * @param codec reads and writes datagrams under this incarnation
 */
record Incarnation(
    FrameCodec codec,
    Replica replica,
    Postbox postbox,
    CacheAnnouncements announcements,
    ChangeSender sender,
    Instructions instructions) {

  NodeId id() {
    return codec.self();
  }

  static FrameCodec codec(NodeOptions options, NodeId id) {
    return new FrameCodec(
        FrameCodec.clusterTag(options.clusterName(), options.managerUri()),
        id,
        options.maximumDatagramBytes(),
        FrameCodec.applicationTag(options.applicationVersion()));
  }

  /**
   * Makes the protocol of an incarnation.
   *
   * @param former the incarnation before it, if a copy of this process may still have that
   * @param figures changes figures of the protocol for tests
   */
  static Replica replica(
      NodeOptions options,
      FrameCodec codec,
      @Nullable NodeId former,
      NodeParts parts,
      UnaryOperator<ReplicaOptions> figures) {
    ReplicaOptions usual =
        ReplicaOptions.of(
                options.maximumDatagramBytes() - codec.dataOverhead(),
                codec::sizeOf,
                new FrameBodies(codec),
                codec.frameCapacity(),
                codec.fragmentBytes())
            .withScrubInterval(options.scrubInterval());
    return new Replica(
        codec.self(),
        former,
        options.nodeName(),
        figures.apply(usual),
        new CacheRecords(parts.caches(), parts.clock()),
        new SplittableRandom(options.random().nextLong()),
        parts.clock().nanos());
  }
}
