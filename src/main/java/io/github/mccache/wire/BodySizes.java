package io.github.mccache.wire;

import com.google.protobuf.CodedOutputStream;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.util.List;

/**
 * Upper bounds of what messages add to a frame, by arithmetic alone: nothing is built. They hold
 * for messages that fit into the frame; one that does not has a bound that does not fit either. Of
 * a message that is sent in several parts it is the bound of all in one. Immutable.
 */
final class BodySizes implements MessageHandler<Long> {

  private static final int FIXED_64_BYTES = 9;
  private static final int BOOL_BYTES = 2;

  /** The tag and the length of a message of less than 128 bytes. */
  private static final int SMALL_NESTING_BYTES = 2;

  private static final int VERSION_BYTES = SMALL_NESTING_BYTES + 2 * FIXED_64_BYTES;
  private static final int FEEDBACK_BYTES = SMALL_NESTING_BYTES + 2 * 3;

  private final long self;
  private final int nestingBytes;

  /**
   * @param self the origin that need not be written
   * @param frameCapacity how long a serialized frame may be
   */
  BodySizes(long self, int frameCapacity) {
    this.self = self;
    this.nestingBytes = 1 + CodedOutputStream.computeUInt32SizeNoTag(frameCapacity);
  }

  /** Returns what it takes to put a message into another: a tag and a length. */
  int nestingBytes() {
    return nestingBytes;
  }

  /** Returns what a Data takes beside its changes, whatever its sequence is. */
  int dataOverhead() {
    return dataOverhead(Long.MAX_VALUE);
  }

  private int dataOverhead(long sequence) {
    return body() + number(sequence) + FIXED_64_BYTES + BOOL_BYTES;
  }

  /** Returns what a change takes if its cache is named for it alone. */
  long sizeOf(Change change) {
    long content = FIXED_64_BYTES;
    if (change.kind() != Change.Kind.PUT) {
      content += CodedOutputStream.computeEnumSize(Wire.Change.KIND_FIELD_NUMBER, 1);
    }
    if (change.version().origin() != self) {
      content += FIXED_64_BYTES;
    }
    Payload key = change.key();
    if (key != null) {
      content += payload(key);
    }
    Payload value = change.value();
    if (value != null) {
      content += payload(value);
    }
    if (change.ttlMillis() != Change.ETERNAL) {
      content += number(change.ttlMillis());
    }
    int group = nestingBytes + FIXED_64_BYTES;
    return group + 1 + CodedOutputStream.computeUInt64SizeNoTag(content) + content;
  }

  /** What a heartbeat takes beside its lists. */
  int heartbeatOverhead(Message.Heartbeat heartbeat) {
    return body()
        + label(heartbeat.nodeName())
        + number(heartbeat.sequence())
        + 2 * FIXED_64_BYTES
        + VERSION_BYTES
        + FEEDBACK_BYTES
        + 2 * BOOL_BYTES;
  }

  /** What a hello takes beside its caches. */
  int helloOverhead(Message.Hello hello) {
    int former = hello.former() == null ? 0 : 2 * FIXED_64_BYTES;
    return body() + label(hello.nodeName()) + BOOL_BYTES + FIXED_64_BYTES + former;
  }

  /** What a nak takes beside its lists. */
  int nakOverhead(Message.Nak nak) {
    return body() + 2 * FIXED_64_BYTES + number(nak.round());
  }

  /** What an ack takes beside its list. */
  int ackOverhead() {
    return body();
  }

  int sizeOf(Message.ClearFloor floor) {
    int origin = floor.version().origin() == self ? 0 : FIXED_64_BYTES;
    return SMALL_NESTING_BYTES + 2 * FIXED_64_BYTES + origin;
  }

  int sizeOf(Message.Applied applied) {
    long above = applied.highest() - applied.sequence();
    return SMALL_NESTING_BYTES
        + 2 * FIXED_64_BYTES
        + number(applied.sequence())
        + (above == 0 ? 0 : number(above));
  }

  int sizeOf(Message.Range range) {
    return SMALL_NESTING_BYTES + number(range.first()) + number(range.last() - range.first());
  }

  /** What missing fragments take beside their ranges. */
  int missingFragmentsOverhead(long assembly) {
    return nestingBytes + number(assembly);
  }

  /** What the description of a cache takes beside its name. */
  int descriptionOverhead(Message.CacheDescription cache) {
    return 2 * nestingBytes + FIXED_64_BYTES + label(cache.mode()) + BOOL_BYTES;
  }

  @Override
  public Long onData(Message.Data data) {
    return dataOverhead(data.sequence()) + changes(data.changes());
  }

  @Override
  public Long onHeartbeat(Message.Heartbeat heartbeat) {
    return heartbeatOverhead(heartbeat)
        + floors(heartbeat.clearFloors())
        + applied(heartbeat.applied());
  }

  @Override
  public Long onHello(Message.Hello hello) {
    long size = helloOverhead(hello);
    for (Message.CacheDescription cache : hello.caches()) {
      size += descriptionOverhead(cache) + text(cache.name());
    }
    return size;
  }

  @Override
  public Long onBye(Message.Bye bye) {
    return (long) body() + number(bye.sequence()) + FIXED_64_BYTES;
  }

  @Override
  public Long onClockReject(Message.ClockReject reject) {
    return (long) body() + 3 * FIXED_64_BYTES;
  }

  @Override
  public Long onNak(Message.Nak nak) {
    long size = nakOverhead(nak) + ranges(nak.missing());
    for (Message.MissingFragments fragments : nak.fragments()) {
      size += missingFragmentsOverhead(fragments.assembly()) + ranges(fragments.missing());
    }
    return size;
  }

  @Override
  public Long onRepair(Message.Repair repair) {
    return body()
        + 2 * FIXED_64_BYTES
        + ranges(repair.repaired())
        + ranges(repair.voided())
        + changes(repair.changes())
        + BOOL_BYTES
        + number(repair.sequence());
  }

  @Override
  public Long onAck(Message.Ack ack) {
    return ackOverhead() + applied(ack.applied());
  }

  @Override
  public Long onStateRequest(Message.StateRequest request) {
    return body()
        + FIXED_64_BYTES
        + number(request.request())
        + number(request.nextChunk())
        + 2 * BOOL_BYTES
        + nestingBytes
        + 8L * request.caches().size()
        + applied(request.known());
  }

  @Override
  public Long onStateChunk(Message.StateChunk chunk) {
    long size =
        body()
            + FIXED_64_BYTES
            + number(chunk.request())
            + number(chunk.number())
            + BOOL_BYTES
            + changes(chunk.changes());
    Message.Beginning beginning = chunk.beginning();
    if (beginning != null) {
      size +=
          nestingBytes
              + BOOL_BYTES
              + FIXED_64_BYTES
              + 2 * VERSION_BYTES
              + applied(beginning.applied())
              + floors(beginning.clearFloors());
      for (Message.Beyond beyond : beginning.beyond()) {
        size += nestingBytes + FIXED_64_BYTES + ranges(beyond.ranges());
      }
    }
    return size;
  }

  @Override
  public Long onStaleHistory(Message.StaleHistory stale) {
    return body() + FIXED_64_BYTES + changes(stale.doubted());
  }

  @Override
  public Long onScrub(Message.Scrub scrub) {
    long size = (long) body() + FIXED_64_BYTES;
    for (Message.KeyVersion key : scrub.keys()) {
      Version version = key.version();
      size += nestingBytes + payload(key.key()) + FIXED_64_BYTES;
      size += version.origin() == self ? 0 : FIXED_64_BYTES;
    }
    return size;
  }

  @Override
  public Long onPull(Message.Pull pull) {
    long size = (long) body() + 2 * FIXED_64_BYTES;
    for (Payload key : pull.keys()) {
      size += nestingBytes + payload(key);
    }
    return size;
  }

  @Override
  public Long onTouch(Message.Touch touch) {
    long size = (long) body() + FIXED_64_BYTES;
    for (Message.Touched entry : touch.entries()) {
      size += nestingBytes + payload(entry.key()) + FIXED_64_BYTES;
      size += entry.version().origin() == self ? 0 : FIXED_64_BYTES;
      size += entry.ttlMillis() == Change.ETERNAL ? 0 : number(entry.ttlMillis());
    }
    return size;
  }

  /** Exact, so that {@link #fragmentBytes} is. */
  @Override
  public Long onFragment(Message.Fragment fragment) {
    return fragment(
        fragment.assembly(),
        fragment.index(),
        fragment.count(),
        fragment.totalBytes(),
        fragment.sequence(),
        fragment.part().length);
  }

  /**
   * Returns the length of the longest part with which every fragment fits, however many there are
   * and whichever body it belongs to.
   */
  static int fragmentBytes(int frameCapacity) {
    int part = frameCapacity;
    while (longestFragment(part) > frameCapacity) {
      part--;
    }
    return part;
  }

  /** As many parts of this length as a body can have. */
  private static long longestFragment(int part) {
    int count = Integer.MAX_VALUE / (part - 1) + 1;
    return fragment(Long.MAX_VALUE, count, count, Integer.MAX_VALUE, Long.MAX_VALUE, part);
  }

  private static long fragment(
      long assembly, int index, int count, int totalBytes, long sequence, int part) {
    long content =
        number(assembly)
            + (index == 0 ? 0 : number(index))
            + number(count)
            + number(totalBytes)
            + (sequence == 0 ? 0 : number(sequence))
            + (part == 0 ? 0 : number(part) + (long) part);
    return nested(nested(content));
  }

  private static long nested(long content) {
    return 1 + CodedOutputStream.computeUInt64SizeNoTag(content) + content;
  }

  private int body() {
    return 2 * nestingBytes;
  }

  private long changes(List<Change> changes) {
    long size = 0;
    for (Change change : changes) {
      size += sizeOf(change);
    }
    return size;
  }

  private long floors(List<Message.ClearFloor> floors) {
    long size = 0;
    for (Message.ClearFloor floor : floors) {
      size += sizeOf(floor);
    }
    return size;
  }

  private long applied(List<Message.Applied> applied) {
    long size = 0;
    for (Message.Applied one : applied) {
      size += sizeOf(one);
    }
    return size;
  }

  private long ranges(List<Message.Range> ranges) {
    long size = 0;
    for (Message.Range range : ranges) {
      size += sizeOf(range);
    }
    return size;
  }

  /** The tags of all fields up to 15 take one byte, so that it does not matter which is meant. */
  private static int number(long value) {
    return 1 + CodedOutputStream.computeUInt64SizeNoTag(value);
  }

  private static long payload(Payload payload) {
    int codec = payload.codec() == 0 ? 0 : number(payload.codec());
    return codec + number(payload.bytes().length) + (long) payload.bytes().length;
  }

  private static int label(String text) {
    return Math.min(text(text), number(Label.BYTES) + Label.BYTES);
  }

  private static int text(String text) {
    return 1 + CodedOutputStream.computeStringSizeNoTag(text);
  }
}
