package io.github.mccache.node;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.BodyCodec;
import io.github.mccache.wire.FrameCodec;
import org.jspecify.annotations.Nullable;

/** The codec of a member as the protocol uses it for messages that travel in fragments. */
record FrameBodies(FrameCodec codec) implements BodyCodec {

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
}
