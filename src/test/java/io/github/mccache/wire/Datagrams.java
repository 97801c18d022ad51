package io.github.mccache.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.wire.proto.Wire;
import java.nio.ByteBuffer;

/** Two members of a cluster, and datagrams as another implementation would make them. */
final class Datagrams {

  static final long CLUSTER = FrameCodec.clusterTag("default", "urn:mccache:default");
  static final NodeId OTHER = new NodeId(0x1111111111111111L, 0x2222222222222222L);

  private Datagrams() {}

  /** The codec of the member that sends. */
  static FrameCodec sender(int maximumBytes) {
    return new FrameCodec(CLUSTER, Messages.SELF, maximumBytes, 0);
  }

  /** The codec of the member that receives. */
  static FrameCodec receiver() {
    return new FrameCodec(CLUSTER, OTHER, 1344, 0);
  }

  static Opened open(byte[] datagram) {
    return receiver().open(ByteBuffer.wrap(datagram));
  }

  static Opened.Frame opened(byte[] datagram) {
    Opened opened = open(datagram);
    assertThat(opened).isInstanceOf(Opened.Frame.class);
    return (Opened.Frame) opened;
  }

  /** A header as generated code writes it: explicit presence, in the order of the fields. */
  static Wire.Datagram.Builder header() {
    return Wire.Datagram.newBuilder()
        .setMagic(0x4143434D)
        .setWireVersion(1)
        .setClusterTag(CLUSTER)
        .setIncarnationHigh(Messages.SELF.high())
        .setIncarnationLow(Messages.SELF.low())
        .setPacketNumber(7)
        .setKeyId(0)
        .setFlags(0);
  }

  static byte[] datagram(Wire.Frame frame) {
    return header().setFrame(frame).build().toByteArray();
  }

  static byte[] datagram(Wire.Body.Builder... bodies) {
    Wire.Frame.Builder frame = Wire.Frame.newBuilder();
    for (Wire.Body.Builder body : bodies) {
      frame.addBodies(body);
    }
    return datagram(frame.build());
  }
}
