package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import java.nio.ByteBuffer;
import java.util.List;

/** The production codec: what a member says becomes datagrams, and each of them messages again. */
final class Framing {

  private static final long CLUSTER_TAG = 1;

  /** Reads for everybody: what is read does not depend on the reader. */
  private static final FrameCodec READER =
      new FrameCodec(CLUSTER_TAG, new NodeId(0, 0), FrameCodec.MINIMUM_DATAGRAM_BYTES);

  private final FrameCodec codec;

  Framing(NodeId self) {
    codec = new FrameCodec(CLUSTER_TAG, self, FrameCodec.MINIMUM_DATAGRAM_BYTES);
  }

  int dataBudgetBytes() {
    return FrameCodec.MINIMUM_DATAGRAM_BYTES - codec.dataOverhead();
  }

  int sizeOf(Change change) {
    return codec.sizeOf(change);
  }

  List<byte[]> frame(List<Message> messages) {
    return codec.encode(messages);
  }

  static List<Message> open(byte[] datagram) {
    Opened opened = READER.open(ByteBuffer.wrap(datagram));
    if (opened instanceof Opened.Frame frame && frame.skippedBodies() == 0) {
      return frame.messages();
    }
    throw new IllegalStateException("a datagram of a member was not read: " + opened);
  }
}
