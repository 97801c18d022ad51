package io.github.mccache.wire;

import io.github.mccache.protocol.NodeId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of every datagram: eight fixed-width protobuf fields in the order of their
 * numbers, so that each is found at a fixed offset. The layout is that of the table in {@code
 * proto/mccache.proto}; an offset is that of the field's tag byte. Pure functions.
 */
final class Prefix {

  static final int BYTES = 56;

  /** "MCCA" in ASCII, little-endian. */
  static final int MAGIC = 0x4143434D;

  static final int WIRE_VERSION = 1;

  private static final int MAGIC_AT = 0;
  private static final int WIRE_VERSION_AT = 5;
  private static final int CLUSTER_TAG_AT = 10;
  private static final int INCARNATION_HIGH_AT = 19;
  private static final int INCARNATION_LOW_AT = 28;
  private static final int PACKET_NUMBER_AT = 37;
  private static final int KEY_ID_AT = 46;
  private static final int FLAGS_AT = 51;

  private static final byte MAGIC_TAG = 0x0D;
  private static final byte WIRE_VERSION_TAG = 0x15;
  private static final byte CLUSTER_TAG_TAG = 0x19;
  private static final byte INCARNATION_HIGH_TAG = 0x21;
  private static final byte INCARNATION_LOW_TAG = 0x29;
  private static final byte PACKET_NUMBER_TAG = 0x31;
  private static final byte KEY_ID_TAG = 0x3D;
  private static final byte FLAGS_TAG = 0x45;

  private Prefix() {}

  /** Writes the prefix of a datagram that is not sealed. */
  static void write(byte[] datagram, long clusterTag, NodeId self, long packetNumber) {
    ByteBuffer.wrap(datagram)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC_TAG)
        .putInt(MAGIC)
        .put(WIRE_VERSION_TAG)
        .putInt(WIRE_VERSION)
        .put(CLUSTER_TAG_TAG)
        .putLong(clusterTag)
        .put(INCARNATION_HIGH_TAG)
        .putLong(self.high())
        .put(INCARNATION_LOW_TAG)
        .putLong(self.low())
        .put(PACKET_NUMBER_TAG)
        .putLong(packetNumber)
        .put(KEY_ID_TAG)
        .putInt(0)
        .put(FLAGS_TAG)
        .putInt(0);
  }

  /**
   * Returns why a datagram is refused by its prefix alone, null when it is not.
   *
   * @param datagram little-endian, at least {@link #BYTES} from position 0
   * @param lastPacketNumber the highest number that {@code self} has used
   */
  static @Nullable Refusal refusal(
      ByteBuffer datagram, long clusterTag, NodeId self, long lastPacketNumber) {
    if (datagram.get(MAGIC_AT) != MAGIC_TAG || valueInt(datagram, MAGIC_AT) != MAGIC) {
      return Refusal.NOT_OURS;
    }
    if (datagram.get(WIRE_VERSION_AT) != WIRE_VERSION_TAG) {
      return Refusal.MALFORMED;
    }
    if (valueInt(datagram, WIRE_VERSION_AT) != WIRE_VERSION) {
      return Refusal.OTHER_VERSION;
    }
    if (!hasTagsBehindVersion(datagram)) {
      return Refusal.MALFORMED;
    }
    if (valueInt(datagram, FLAGS_AT) != 0) {
      return Refusal.OTHER_VERSION;
    }
    long theirTag = valueLong(datagram, CLUSTER_TAG_AT);
    if (theirTag != clusterTag) {
      return theirTag >>> 32 == clusterTag >>> 32 ? Refusal.KEPT_APART : Refusal.OTHER_CLUSTER;
    }
    if (from(datagram).equals(self) && packetNumber(datagram) <= lastPacketNumber) {
      return Refusal.OWN;
    }
    return valueInt(datagram, KEY_ID_AT) != 0 ? Refusal.SEALED : null;
  }

  /** Returns the incarnation of the sender. */
  static NodeId from(ByteBuffer datagram) {
    return new NodeId(
        valueLong(datagram, INCARNATION_HIGH_AT), valueLong(datagram, INCARNATION_LOW_AT));
  }

  /** Returns the packet number. */
  static long packetNumber(ByteBuffer datagram) {
    return valueLong(datagram, PACKET_NUMBER_AT);
  }

  private static boolean hasTagsBehindVersion(ByteBuffer datagram) {
    return datagram.get(CLUSTER_TAG_AT) == CLUSTER_TAG_TAG
        && datagram.get(INCARNATION_HIGH_AT) == INCARNATION_HIGH_TAG
        && datagram.get(INCARNATION_LOW_AT) == INCARNATION_LOW_TAG
        && datagram.get(PACKET_NUMBER_AT) == PACKET_NUMBER_TAG
        && datagram.get(KEY_ID_AT) == KEY_ID_TAG
        && datagram.get(FLAGS_AT) == FLAGS_TAG;
  }

  private static int valueInt(ByteBuffer datagram, int fieldAt) {
    return datagram.getInt(fieldAt + 1);
  }

  private static long valueLong(ByteBuffer datagram, int fieldAt) {
    return datagram.getLong(fieldAt + 1);
  }
}
