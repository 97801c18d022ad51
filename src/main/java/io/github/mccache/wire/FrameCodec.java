package io.github.mccache.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.wire.proto.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one member to datagrams, and the datagrams of its cluster back to messages, as laid
 * down in {@code proto/mccache.proto}. Thread-safe: all that changes in it is the incarnation that
 * speaks, and the last packet number of that.
 */
public final class FrameCodec {

  /** The shortest maximum: the payload of the longest datagram that every IPv4 host must take. */
  public static final int MINIMUM_DATAGRAM_BYTES = 548;

  /** The longest maximum: the most that UDP over IPv4 can carry. */
  public static final int MAXIMUM_DATAGRAM_BYTES = 65_507;

  private static final int SHORTEST_DATAGRAM_BYTES = Prefix.BYTES + 2;
  private static final int RECURSION_LIMIT = 16;
  private static final int FRAME_TAG =
      Wire.Datagram.FRAME_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int SEALED_TAG =
      Wire.Datagram.SEALED_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final Parser<Wire.Frame> FRAME_PARSER =
      DiscardUnknownFieldsParser.wrap(Wire.Frame.parser());
  private static final Parser<Wire.Body> BODY_PARSER =
      DiscardUnknownFieldsParser.wrap(Wire.Body.parser());
  private static final int NO_APPLICATION = 0;
  private static final int FNV_OFFSET_BASIS = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private final long clusterTag;
  private final int maximumDatagramBytes;
  private final int applicationTag;
  private final int frameCapacity;
  private final int fragmentBytes;
  private final NodeId self;
  private final BodySizes sizes;
  private final BodyWriter writer;
  private final BodyWriter wholeWriter;
  private final AtomicLong lastPacketNumber = new AtomicLong();

  /**
   * Makes the codec of a member. Two codecs must not have the same incarnation: they would use the
   * same packet numbers.
   *
   * @param clusterTag see {@link #clusterTag(String, String)}
   * @param self the member's incarnation
   * @param applicationTag stands for the version of the application, 0 if it does not matter; see
   *     {@link #applicationTag(String)}
   * @param maximumDatagramBytes how long a datagram may be, from {@value #MINIMUM_DATAGRAM_BYTES}
   *     to {@value #MAXIMUM_DATAGRAM_BYTES}
   */
  public FrameCodec(long clusterTag, NodeId self, int maximumDatagramBytes, int applicationTag) {
    if (maximumDatagramBytes < MINIMUM_DATAGRAM_BYTES
        || maximumDatagramBytes > MAXIMUM_DATAGRAM_BYTES) {
      throw new IllegalArgumentException(
          "a datagram of at most "
              + maximumDatagramBytes
              + " bytes: "
              + MINIMUM_DATAGRAM_BYTES
              + " to "
              + MAXIMUM_DATAGRAM_BYTES
              + " are possible");
    }
    this.clusterTag = clusterTag;
    this.maximumDatagramBytes = maximumDatagramBytes;
    this.applicationTag = applicationTag;
    int lengthBytes = CodedOutputStream.computeUInt32SizeNoTag(maximumDatagramBytes);
    int applicationBytes =
        applicationTag == NO_APPLICATION
            ? 0
            : CodedOutputStream.computeFixed32Size(
                Wire.Frame.APPLICATION_FIELD_NUMBER, applicationTag);
    this.frameCapacity = maximumDatagramBytes - Prefix.BYTES - 1 - lengthBytes - applicationBytes;
    this.fragmentBytes = BodySizes.fragmentBytes(frameCapacity);
    this.self = self;
    this.sizes = new BodySizes(self.origin(), frameCapacity);
    this.writer = new BodyWriter(self.origin(), frameCapacity, sizes);
    BodySizes wholeSizes = new BodySizes(self.origin(), Integer.MAX_VALUE);
    this.wholeWriter = new BodyWriter(self.origin(), Integer.MAX_VALUE, wholeSizes);
  }

  /** Returns the incarnation whose datagrams {@link #encode} makes. */
  public NodeId self() {
    return self;
  }

  /**
   * Returns the number by which datagrams name a cluster: 32 bits of a SHA-256 of its name, and
   * below them 32 bits of one of both names, so that a receiver recognises another cluster of the
   * same name. It keeps neighbours apart and is no protection.
   *
   * @param clusterName the name that its members are configured with
   * @param managerUri the URI that divides the clusters of this name
   */
  public static long clusterTag(String clusterName, String managerUri) {
    byte[] name = clusterName.getBytes(StandardCharsets.UTF_8);
    byte[] uri = managerUri.getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(name, name.length + 1 + uri.length);
    System.arraycopy(uri, 0, both, name.length + 1, uri.length);
    return (long) sha256(name).getInt() << 32 | Integer.toUnsignedLong(sha256(both).getInt());
  }

  private static ByteBuffer sha256(byte[] text) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but this one", e);
    }
  }

  /**
   * Returns the number that stands for a version of the application: the 32-bit FNV-1a hash of it
   * in UTF-8, 0 for the empty one.
   */
  public static int applicationTag(String applicationVersion) {
    if (applicationVersion.isEmpty()) {
      return NO_APPLICATION;
    }
    int hash = FNV_OFFSET_BASIS;
    for (byte b : applicationVersion.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /**
   * Returns an upper bound of the bytes that a message takes in a frame, {@link Integer#MAX_VALUE}
   * if it is more. Cheap: nothing is encoded. What is at or below {@link #frameCapacity} fits into
   * a datagram; so may what is a little above.
   */
  public int sizeOf(Message message) {
    return (int) Math.min(Integer.MAX_VALUE, message.accept(sizes));
  }

  /** Returns how many bytes of messages a datagram takes. */
  public int frameCapacity() {
    return frameCapacity;
  }

  /**
   * Returns how long the part of a fragment may be that travels alone in a datagram, whichever its
   * body and its index are.
   */
  public int fragmentBytes() {
    return fragmentBytes;
  }

  /**
   * Returns a message as the bytes that travel in fragments: all of it, never several.
   *
   * @throws IllegalArgumentException for a fragment, and for a message that is longer than an array
   *     can be
   */
  public byte[] encodeBody(Message message) {
    if (message instanceof Message.Fragment) {
      throw new IllegalArgumentException("a fragment does not travel in fragments");
    }
    if (sizeOf(message) == Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          message.getClass().getSimpleName()
              + " of more than "
              + Integer.MAX_VALUE
              + " bytes: send as an invalidation what is too large");
    }
    return message.accept(wholeWriter).get(0).toByteArray();
  }

  /**
   * Returns what {@link #encodeBody} of another member made. Never throws, whatever the bytes are;
   * they are not kept. What is read takes memory in proportion to what is there, never to what is
   * claimed: one value about as much as the bytes, the worst that can be made up (elements without
   * content, by the thousand) less than a hundred times that. How long they may be is for the
   * caller to limit.
   *
   * @param from the member that encoded it
   * @return null for nonsense, for a message of an unknown kind, and for a fragment
   */
  public @Nullable Message decodeBody(NodeId from, byte[] body) {
    try {
      Wire.Body read = BODY_PARSER.parseFrom(input(UnsafeByteOperations.unsafeWrap(body)));
      return read.hasFragment() ? null : new BodyReader(from.origin()).read(read);
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Returns an upper bound of the bytes that a change takes in a message, {@link Integer#MAX_VALUE}
   * if it is more. It is exact for the first change of each cache; every other one takes about a
   * dozen bytes less.
   */
  public int sizeOf(Change change) {
    return (int) Math.min(Integer.MAX_VALUE, sizes.sizeOf(change));
  }

  /**
   * Returns an upper bound of the bytes of a datagram that holds one {@link Message.Data} and
   * nothing else, its changes not counted. A Data fits if this and {@link #sizeOf} of all its
   * changes come to no more than the maximum.
   */
  public int dataOverhead() {
    return maximumDatagramBytes - frameCapacity + sizes.dataOverhead();
  }

  /**
   * Returns the datagrams of these messages, in this order, as few as possible without changing the
   * order. Within a message, changes of one cache keep their order and are put together; a hello, a
   * heartbeat, a nak or an ack that is too long becomes several, which mean the same.
   *
   * @return each with a packet number of its own, none longer than the maximum; none for no
   *     messages
   * @throws IllegalArgumentException for any other message that is too long for a datagram: what is
   *     at or below {@link #frameCapacity} by {@link #sizeOf(Message)} is not
   */
  public List<byte[]> encode(List<Message> messages) {
    List<byte[]> datagrams = new ArrayList<>();
    Wire.Frame.Builder frame = Wire.Frame.newBuilder();
    int frameSize = 0;
    for (Message message : messages) {
      for (Wire.Body body : message.accept(writer)) {
        int size = CodedOutputStream.computeMessageSize(Wire.Frame.BODIES_FIELD_NUMBER, body);
        requireFits(message, size);
        if (frameSize + size > frameCapacity) {
          datagrams.add(datagram(frame.setApplication(applicationTag).build()));
          frame.clear();
          frameSize = 0;
        }
        frame.addBodies(body);
        frameSize += size;
      }
    }
    if (frameSize > 0) {
      datagrams.add(datagram(frame.setApplication(applicationTag).build()));
    }
    return datagrams;
  }

  private void requireFits(Message message, int size) {
    if (size > frameCapacity) {
      throw new IllegalArgumentException(
          message.getClass().getSimpleName()
              + " of "
              + size
              + " bytes: "
              + frameCapacity
              + " fit into a datagram of "
              + maximumDatagramBytes
              + "; pack changes by sizeOf and dataOverhead, and send in fragments what is too large"
              + " alone");
    }
  }

  /** Returns a datagram that challenges an address to return a number, which must not be 0. */
  public byte[] encodeChallenge(long token) {
    return datagram(Wire.Frame.newBuilder().setChallenge(token).build());
  }

  /** Returns a datagram that returns a number, as long as the one that held it or shorter. */
  public byte[] encodeResponse(long token) {
    return datagram(Wire.Frame.newBuilder().setResponse(token).build());
  }

  private byte[] datagram(Wire.Frame frame) {
    int frameSize = frame.getSerializedSize();
    int lengthBytes = CodedOutputStream.computeUInt32SizeNoTag(frameSize);
    byte[] datagram = new byte[Prefix.BYTES + 1 + lengthBytes + frameSize];
    Prefix.write(datagram, clusterTag, self, lastPacketNumber.incrementAndGet());
    CodedOutputStream output =
        CodedOutputStream.newInstance(datagram, Prefix.BYTES, datagram.length - Prefix.BYTES);
    try {
      output.writeMessage(Wire.Datagram.FRAME_FIELD_NUMBER, frame);
      output.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a frame of " + frameSize + " bytes did not fill its array", e);
    }
    return datagram;
  }

  /**
   * Reads a datagram. Never throws, whatever it holds.
   *
   * @param datagram from its position to its limit, which stay as they are; nothing that is
   *     returned refers to it. Values are copied once if it has an accessible array.
   */
  public Opened open(ByteBuffer datagram) {
    Refusal refusal = refusedByPrefix(datagram);
    return refusal != null
        ? new Opened.Refused(refusal)
        : openBody(datagram.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * Returns why {@link #open} would refuse a datagram by its size and its first bytes alone, null
   * if it would read on. Costs next to nothing, so that it can be asked before a datagram is kept.
   */
  public @Nullable Refusal refusedByPrefix(ByteBuffer datagram) {
    int size = datagram.remaining();
    if (size < SHORTEST_DATAGRAM_BYTES) {
      return Refusal.TOO_SHORT;
    }
    if (size > MAXIMUM_DATAGRAM_BYTES) {
      return Refusal.TOO_LARGE;
    }
    ByteBuffer bytes = datagram.slice().order(ByteOrder.LITTLE_ENDIAN);
    return Prefix.refusal(bytes, clusterTag, self, lastPacketNumber.get());
  }

  /**
   * Returns the label that the sender of a datagram of any cluster gives itself in it, cut to what
   * a label may have; null if there is none, or it cannot be read. Never throws.
   *
   * @param datagram one that {@link #refusedByPrefix} refused for its cluster alone
   */
  public @Nullable String labelOf(ByteBuffer datagram) {
    try {
      ByteBuffer body = datagram.slice();
      Wire.Frame frame = parse(body.slice(Prefix.BYTES, body.limit() - Prefix.BYTES));
      if (frame != null) {
        for (Wire.Body each : frame.getBodiesList()) {
          if (each.hasHeartbeat()) {
            return Label.of(each.getHeartbeat().getNodeName());
          }
          if (each.hasHello()) {
            return Label.of(each.getHello().getNodeName());
          }
        }
      }
      return null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private Opened openBody(ByteBuffer bytes) {
    try {
      Wire.Frame frame = parse(bytes.slice(Prefix.BYTES, bytes.limit() - Prefix.BYTES));
      return frame == null ? new Opened.Refused(Refusal.SEALED) : read(bytes, frame);
    } catch (IOException e) {
      return new Opened.Refused(Refusal.MALFORMED);
    } catch (IllegalArgumentException e) {
      return new Opened.Refused(Refusal.INVALID);
    }
  }

  /** Returns the one field behind the prefix, null if it is sealed. */
  private static Wire.@Nullable Frame parse(ByteBuffer body) throws IOException {
    CodedInputStream input = input(UnsafeByteOperations.unsafeWrap(body));
    int tag = input.readTag();
    if (tag == SEALED_TAG) {
      return null;
    }
    if (tag != FRAME_TAG || input.readRawVarint32() != body.limit() - input.getTotalBytesRead()) {
      throw new IOException("not one frame");
    }
    return FRAME_PARSER.parseFrom(input);
  }

  /** Nothing is copied from the bytes: there is one copy of a value, and it is made later. */
  private static CodedInputStream input(ByteString bytes) {
    CodedInputStream input = bytes.newCodedInput();
    input.enableAliasing(true);
    input.setRecursionLimit(RECURSION_LIMIT);
    return input;
  }

  private Opened read(ByteBuffer bytes, Wire.Frame frame) {
    NodeId from = Prefix.from(bytes);
    long packetNumber = Prefix.packetNumber(bytes);
    if (packetNumber < 1) {
      return new Opened.Refused(Refusal.INVALID);
    }
    BodyReader reader = new BodyReader(from.origin());
    List<Message> messages = new ArrayList<>(frame.getBodiesCount());
    for (Wire.Body body : frame.getBodiesList()) {
      Message message = reader.read(body);
      if (message != null) {
        messages.add(message);
      }
    }
    return new Opened.Frame(
        from,
        packetNumber,
        frame.getApplication() == applicationTag,
        messages,
        frame.getBodiesCount() - messages.size(),
        frame.getChallenge(),
        frame.getResponse());
  }
}
