package io.github.mccache.simulation;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A datagram under way: encoded by its sender, and decoded once for all that receive it whole.
 *
 * @param opened what is read from the bytes
 */
record Datagram(SimulatedMember from, byte[] bytes, Opened.Frame opened) {

  /** The name of the cluster. */
  static final String CLUSTER = "simulated";

  /** Divides the clusters of this name. */
  static final String URI = "urn:simulated";

  private static final int PREFIX_BYTES = 56;

  /** Of a frame: a body of a kind that is not known, and a field that is not known. */
  private static final byte[] UNKNOWN = {
    0x0a, 0x05, (byte) 0xfa, 0x7f, 0x02, 'h', 'i', (byte) 0xf8, 0x7f, 0x01
  };

  /** Reads for every member: the result does not depend on the reader. */
  private static final FrameCodec READER =
      new FrameCodec(
          FrameCodec.clusterTag(CLUSTER, URI),
          new NodeId(0, 0),
          FrameCodec.MINIMUM_DATAGRAM_BYTES,
          0);

  static Datagram of(SimulatedMember from, byte[] bytes) {
    if (read(bytes) instanceof Opened.Frame frame) {
      return new Datagram(from, bytes, frame);
    }
    throw new IllegalStateException("a datagram of a member was not read: " + read(bytes));
  }

  /** Returns what a later version might send: the same, and what this one does not know. */
  static byte[] ofLaterVersion(byte[] bytes) {
    CodedInputStream input =
        CodedInputStream.newInstance(bytes, PREFIX_BYTES, bytes.length - PREFIX_BYTES);
    ByteArrayOutputStream later = new ByteArrayOutputStream();
    later.write(bytes, 0, PREFIX_BYTES);
    try {
      CodedOutputStream output = CodedOutputStream.newInstance(later);
      output.writeUInt32NoTag(input.readTag());
      byte[] frame = input.readByteArray();
      output.writeUInt32NoTag(frame.length + UNKNOWN.length);
      output.writeRawBytes(frame);
      output.writeRawBytes(UNKNOWN);
      output.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return later.toByteArray();
  }

  /** Reads anything. */
  static Opened read(byte[] bytes) {
    return READER.open(ByteBuffer.wrap(bytes));
  }

  List<Message> messages() {
    return opened.messages();
  }
}
