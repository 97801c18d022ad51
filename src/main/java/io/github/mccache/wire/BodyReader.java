package io.github.mccache.wire;

import com.google.protobuf.ByteString;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bodies to messages. What is out of range is left to the constructors of the records, so that
 * their rules stand in one place: their {@link IllegalArgumentException} means that the datagram is
 * refused. Unsigned 64-bit numbers above 2<sup>63</sup> - 1 arrive as negative ones, which they
 * reject.
 */
final class BodyReader {

  private final long sender;

  /** Makes a reader of what the member with this origin sent. */
  BodyReader(long sender) {
    this.sender = sender;
  }

  /** Returns the message, null for a body that this version does not speak. */
  @Nullable Message read(Wire.Body body) {
    return switch (body.getKindCase()) {
      case DATA -> data(body.getData());
      case HEARTBEAT -> heartbeat(body.getHeartbeat());
      case HELLO -> hello(body.getHello());
      case BYE -> new Message.Bye();
      case CLOCK_REJECT -> clockReject(body.getClockReject());
      default -> null;
    };
  }

  private Message data(Wire.Data data) {
    List<Change> changes = new ArrayList<>();
    for (Wire.CacheChanges group : data.getCachesList()) {
      for (Wire.Change change : group.getChangesList()) {
        changes.add(change(group.getCache(), change));
      }
    }
    return new Message.Data(data.getSequence(), data.getCompleteHlc(), changes);
  }

  private Change change(long cache, Wire.Change change) {
    Version version = version(change.getHlc(), change.hasOrigin(), change.getOrigin());
    Payload key = change.hasKey() ? payload(change.getKeyCodec(), change.getKey()) : null;
    Payload value = change.hasValue() ? payload(change.getValueCodec(), change.getValue()) : null;
    long ttlMillis = change.hasTtlMillis() ? change.getTtlMillis() : Change.ETERNAL;
    Change.Kind kind =
        switch (change.getKind()) {
          case PUT -> Change.Kind.PUT;
          case FILL -> Change.Kind.FILL;
          case REMOVE -> Change.Kind.REMOVE;
          case INVALIDATE -> Change.Kind.INVALIDATE;
          case CLEAR -> Change.Kind.CLEAR;
          case REMOVE_ALL -> Change.Kind.REMOVE_ALL;
          case UNRECOGNIZED -> null;
        };
    return kind == null
        ? new Change(cache, Change.Kind.INVALIDATE, version, key, null, Change.ETERNAL)
        : new Change(cache, kind, version, key, value, ttlMillis);
  }

  /** The one copy on the way from the receive buffer to the entry. */
  private static Payload payload(int codec, ByteString bytes) {
    return new Payload(codec, bytes.toByteArray());
  }

  private Version version(long hlc, boolean hasOrigin, long origin) {
    return new Version(hlc, hasOrigin ? origin : sender);
  }

  private Message heartbeat(Wire.Heartbeat heartbeat) {
    List<Message.ClearFloor> floors = new ArrayList<>();
    for (Wire.ClearFloor floor : heartbeat.getClearFloorsList()) {
      Version version = version(floor.getHlc(), floor.hasOrigin(), floor.getOrigin());
      floors.add(new Message.ClearFloor(floor.getCache(), version));
    }
    return new Message.Heartbeat(
        heartbeat.getNodeName(), heartbeat.getSequence(), heartbeat.getCompleteHlc(), floors);
  }

  private static Message hello(Wire.Hello hello) {
    List<Message.CacheDescription> caches = new ArrayList<>();
    for (Wire.CacheDescription cache : hello.getCachesList()) {
      caches.add(new Message.CacheDescription(cache.getCache(), cache.getName(), cache.getMode()));
    }
    return new Message.Hello(hello.getNodeName(), caches, hello.getAnswerWanted());
  }

  private static Message clockReject(Wire.ClockReject reject) {
    return new Message.ClockReject(reject.getOrigin(), reject.getHlc(), reject.getReceiverHlc());
  }
}
