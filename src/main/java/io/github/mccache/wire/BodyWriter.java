package io.github.mccache.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages to bodies, each of which fits into a datagram: a hello or a heartbeat whose list is too
 * long becomes several, whose lists add up to it. A {@link Message.Data} always becomes one, for it
 * is one place in the stream, and it is for the caller to see that it fits. Immutable.
 */
final class BodyWriter implements MessageHandler<List<Wire.Body>> {

  /** How much is sent of a node name or a mode, which are short if they are meant for people. */
  static final int LABEL_BYTES = 128;

  private static final int FIXED_64_FIELD_BYTES = 9;
  private static final int BOOL_FIELD_BYTES = 2;

  private final long self;
  private final int lengthBytes;
  private final int messageCapacity;

  /**
   * @param self the origin that need not be written
   * @param frameCapacity how long a serialized frame may be
   */
  BodyWriter(long self, int frameCapacity) {
    this.self = self;
    this.lengthBytes = CodedOutputStream.computeUInt32SizeNoTag(frameCapacity);
    this.messageCapacity = frameCapacity - 2 * nestingBytes();
  }

  /** Returns what it takes to put a message into another: a tag and a length. */
  int nestingBytes() {
    return 1 + lengthBytes;
  }

  /** Returns an upper bound of what a change adds to a body: its cache is named for it alone. */
  int sizeOf(Change change) {
    int content = CodedOutputStream.computeFixed64Size(Wire.Change.HLC_FIELD_NUMBER, 0);
    if (change.kind() != Change.Kind.PUT) {
      content += CodedOutputStream.computeEnumSize(Wire.Change.KIND_FIELD_NUMBER, 1);
    }
    if (change.version().origin() != self) {
      content += CodedOutputStream.computeFixed64Size(Wire.Change.ORIGIN_FIELD_NUMBER, 0);
    }
    Payload key = change.key();
    if (key != null) {
      content += payloadSize(key);
    }
    Payload value = change.value();
    if (value != null) {
      content += payloadSize(value);
    }
    if (change.ttlMillis() != Change.ETERNAL) {
      content +=
          CodedOutputStream.computeUInt64Size(
              Wire.Change.TTL_MILLIS_FIELD_NUMBER, change.ttlMillis());
    }
    int group = nestingBytes() + FIXED_64_FIELD_BYTES;
    return group + 1 + CodedOutputStream.computeUInt32SizeNoTag(content) + content;
  }

  /** The numbers of the four fields are below 16, so that it does not matter which are meant. */
  private static int payloadSize(Payload payload) {
    int codec =
        payload.codec() == 0
            ? 0
            : CodedOutputStream.computeUInt32Size(
                Wire.Change.VALUE_CODEC_FIELD_NUMBER, payload.codec());
    return codec
        + CodedOutputStream.computeByteArraySize(Wire.Change.VALUE_FIELD_NUMBER, payload.bytes());
  }

  @Override
  public List<Wire.Body> onData(Message.Data data) {
    Wire.Data.Builder builder =
        Wire.Data.newBuilder().setSequence(data.sequence()).setCompleteHlc(data.completeTime());
    for (Wire.CacheChanges.Builder group : groups(data.changes())) {
      builder.addCaches(group);
    }
    return List.of(Wire.Body.newBuilder().setData(builder).build());
  }

  private Iterable<Wire.CacheChanges.Builder> groups(List<Change> changes) {
    Map<Long, Wire.CacheChanges.Builder> groups = new LinkedHashMap<>();
    for (Change change : changes) {
      groups
          .computeIfAbsent(change.cache(), cache -> Wire.CacheChanges.newBuilder().setCache(cache))
          .addChanges(change(change));
    }
    return groups.values();
  }

  private Wire.Change change(Change change) {
    Wire.Change.Builder builder =
        Wire.Change.newBuilder().setKind(kind(change.kind())).setHlc(change.version().time());
    if (change.version().origin() != self) {
      builder.setOrigin(change.version().origin());
    }
    Payload key = change.key();
    if (key != null) {
      builder.setKeyCodec(key.codec()).setKey(UnsafeByteOperations.unsafeWrap(key.bytes()));
    }
    Payload value = change.value();
    if (value != null) {
      builder.setValueCodec(value.codec()).setValue(UnsafeByteOperations.unsafeWrap(value.bytes()));
    }
    if (change.ttlMillis() != Change.ETERNAL) {
      builder.setTtlMillis(change.ttlMillis());
    }
    return builder.build();
  }

  private static Wire.Change.Kind kind(Change.Kind kind) {
    return switch (kind) {
      case PUT -> Wire.Change.Kind.PUT;
      case FILL -> Wire.Change.Kind.FILL;
      case REMOVE -> Wire.Change.Kind.REMOVE;
      case INVALIDATE -> Wire.Change.Kind.INVALIDATE;
      case CLEAR -> Wire.Change.Kind.CLEAR;
      case REMOVE_ALL -> Wire.Change.Kind.REMOVE_ALL;
    };
  }

  @Override
  public List<Wire.Body> onHeartbeat(Message.Heartbeat heartbeat) {
    Wire.Heartbeat empty =
        Wire.Heartbeat.newBuilder()
            .setNodeName(cut(heartbeat.nodeName(), LABEL_BYTES))
            .setSequence(heartbeat.sequence())
            .setCompleteHlc(heartbeat.completeTime())
            .build();
    List<Wire.Body> bodies = new ArrayList<>();
    Wire.Heartbeat.Builder builder = empty.toBuilder();
    int size = empty.getSerializedSize();
    for (Message.ClearFloor floor : heartbeat.clearFloors()) {
      Wire.ClearFloor added = clearFloor(floor);
      int addedSize =
          CodedOutputStream.computeMessageSize(Wire.Heartbeat.CLEAR_FLOORS_FIELD_NUMBER, added);
      if (size + addedSize > messageCapacity) {
        bodies.add(Wire.Body.newBuilder().setHeartbeat(builder).build());
        builder = empty.toBuilder();
        size = empty.getSerializedSize();
      }
      builder.addClearFloors(added);
      size += addedSize;
    }
    bodies.add(Wire.Body.newBuilder().setHeartbeat(builder).build());
    return bodies;
  }

  private Wire.ClearFloor clearFloor(Message.ClearFloor floor) {
    Version version = floor.version();
    Wire.ClearFloor.Builder builder =
        Wire.ClearFloor.newBuilder().setCache(floor.cache()).setHlc(version.time());
    if (version.origin() != self) {
      builder.setOrigin(version.origin());
    }
    return builder.build();
  }

  /** Only the last of several wants an answer, or there would be as many answers. */
  @Override
  public List<Wire.Body> onHello(Message.Hello hello) {
    Wire.Hello empty =
        Wire.Hello.newBuilder().setNodeName(cut(hello.nodeName(), LABEL_BYTES)).build();
    int emptySize = empty.getSerializedSize() + BOOL_FIELD_BYTES;
    List<Wire.Body> bodies = new ArrayList<>();
    Wire.Hello.Builder builder = empty.toBuilder();
    int size = emptySize;
    for (Message.CacheDescription cache : hello.caches()) {
      Wire.CacheDescription added = description(cache, messageCapacity - emptySize);
      int addedSize = CodedOutputStream.computeMessageSize(Wire.Hello.CACHES_FIELD_NUMBER, added);
      if (size + addedSize > messageCapacity) {
        bodies.add(Wire.Body.newBuilder().setHello(builder).build());
        builder = empty.toBuilder();
        size = emptySize;
      }
      builder.addCaches(added);
      size += addedSize;
    }
    builder.setAnswerWanted(hello.answerWanted());
    bodies.add(Wire.Body.newBuilder().setHello(builder).build());
    return bodies;
  }

  private Wire.CacheDescription description(Message.CacheDescription cache, int capacity) {
    Wire.CacheDescription nameless =
        Wire.CacheDescription.newBuilder()
            .setCache(cache.cache())
            .setMode(cut(cache.mode(), LABEL_BYTES))
            .build();
    int room = capacity - 2 * nestingBytes() - nameless.getSerializedSize() - BOOL_FIELD_BYTES;
    String name = cut(cache.name(), room);
    return nameless.toBuilder().setName(name).setNameCut(!name.equals(cache.name())).build();
  }

  /** Returns as many whole characters from the front as fit into so many bytes of UTF-8. */
  private static String cut(String text, int maximumBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maximumBytes) {
      return text;
    }
    int end = maximumBytes;
    while (isInsideCharacter(bytes[end])) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private static boolean isInsideCharacter(byte utf8) {
    return (utf8 & 0xC0) == 0x80;
  }

  @Override
  public List<Wire.Body> onBye(Message.Bye bye) {
    return List.of(Wire.Body.newBuilder().setBye(Wire.Bye.getDefaultInstance()).build());
  }

  @Override
  public List<Wire.Body> onClockReject(Message.ClockReject reject) {
    Wire.ClockReject.Builder builder =
        Wire.ClockReject.newBuilder()
            .setOrigin(reject.origin())
            .setHlc(reject.time())
            .setReceiverHlc(reject.receiverTime());
    return List.of(Wire.Body.newBuilder().setClockReject(builder).build());
  }
}
