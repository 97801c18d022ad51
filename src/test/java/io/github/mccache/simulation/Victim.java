package io.github.mccache.simulation;

import io.github.mccache.node.MemberParts;
import io.github.mccache.node.Stability;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.BodyCodec;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A member that nobody hears, and that hears what was corrupted on its way: it must not throw. */
final class Victim {

  private final Replica replica;

  Victim(Scenario scenario) {
    NodeId id = new NodeId(1, 1);
    FrameCodec codec = new FrameCodec(Datagram.CLUSTER_TAG, id, scenario.datagramBytes(), 0);
    MemberParts parts = new MemberParts(1, () -> Instant.EPOCH, () -> 0, Stability.NONE, () -> {});
    replica =
        new Replica(
            id,
            "victim",
            ReplicaOptions.of(
                scenario.datagramBytes() - codec.dataOverhead(),
                codec::sizeOf,
                bodies(codec),
                codec.frameCapacity(),
                codec.fragmentBytes()),
            parts.records(),
            new SplittableRandom(1),
            0);
    replica.onStart(0);
  }

  void read(Opened.Frame frame, long nowNanos) {
    for (Message message : frame.messages()) {
      replica.onMessage(frame.from(), frame.sameApplication(), message, nowNanos);
    }
    replica.onTick(nowNanos);
  }

  private static BodyCodec bodies(FrameCodec codec) {
    return new BodyCodec() {
      @Override
      public int sizeOf(Message message) {
        return codec.sizeOf(message);
      }

      @Override
      public byte[] encode(Message message) {
        return codec.encodeBody(message);
      }

      @Override
      public @Nullable Message decode(NodeId from, byte[] body) {
        return codec.decodeBody(from, body);
      }
    };
  }
}
