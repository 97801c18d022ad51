package io.github.mccache.wire;

import com.google.protobuf.ByteString;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bodies to messages. What is out of range is left to the constructors of the records, so that
 * their rules stand in one place: their {@link IllegalArgumentException} means that the datagram is
 * refused. Unsigned numbers that Java has no room for arrive as negative ones, which they reject.
 * Immutable.
 */
final class BodyReader {

  private static final int ALL_OF_THEM_PER_MILLE = 1_000;

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
      case BYE -> new Message.Bye(body.getBye().getSequence(), body.getBye().getCompleteHlc());
      case CLOCK_REJECT -> clockReject(body.getClockReject());
      case FRAGMENT -> fragment(body.getFragment());
      case NAK -> nak(body.getNak());
      case REPAIR -> repair(body.getRepair());
      case ACK -> new Message.Ack(applied(body.getAck().getAppliedList()));
      case STATE_REQUEST -> stateRequest(body.getStateRequest());
      case STATE_CHUNK -> stateChunk(body.getStateChunk());
      case STALE_HISTORY -> staleHistory(body.getStaleHistory());
      case SCRUB -> scrub(body.getScrub());
      case PULL -> pull(body.getPull());
      case TOUCH -> touch(body.getTouch());
      case DIAGNOSTIC, KIND_NOT_SET -> null;
    };
  }

  private Message data(Wire.Data data) {
    return new Message.Data(
        data.getSequence(),
        data.getCompleteHlc(),
        changes(data.getCachesList()),
        data.getAckWanted());
  }

  private List<Change> changes(List<Wire.CacheChanges> groups) {
    List<Change> changes = new ArrayList<>();
    for (Wire.CacheChanges group : groups) {
      for (Wire.Change change : group.getChangesList()) {
        changes.add(change(group.getCache(), change));
      }
    }
    return changes;
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

  /**
   * The one copy on the way from the receive buffer to the entry. A number that no codec can have
   * concerns this key or value alone, never the rest of the datagram.
   */
  private static Payload payload(int codec, ByteString bytes) {
    return new Payload(Math.max(codec, Payload.NO_CODEC), bytes.toByteArray());
  }

  private Version version(long hlc, boolean hasOrigin, long origin) {
    return new Version(hlc, hasOrigin ? origin : sender);
  }

  private static Version version(Wire.Version version) {
    return new Version(version.getHlc(), version.getOrigin());
  }

  private Message heartbeat(Wire.Heartbeat heartbeat) {
    return new Message.Heartbeat(
        Label.received(heartbeat.getNodeName()),
        heartbeat.getSequence(),
        heartbeat.getCompleteHlc(),
        heartbeat.getClockHlc(),
        heartbeat.getJoined(),
        clearFloors(heartbeat.getClearFloorsList()),
        applied(heartbeat.getAppliedList()),
        version(heartbeat.getGcFloor()),
        heartbeat.hasFeedback() ? feedback(heartbeat.getFeedback()) : Message.Feedback.GOOD,
        heartbeat.getAnswerWanted());
  }

  private static Message.Feedback feedback(Wire.Feedback feedback) {
    return new Message.Feedback(
        perMille(feedback.getLossPerMille()), perMille(feedback.getQueuePerMille()));
  }

  private static int perMille(int unsigned) {
    return unsigned < 0 ? ALL_OF_THEM_PER_MILLE : Math.min(unsigned, ALL_OF_THEM_PER_MILLE);
  }

  private List<Message.ClearFloor> clearFloors(List<Wire.ClearFloor> floors) {
    return mapped(
        floors,
        floor ->
            new Message.ClearFloor(
                floor.getCache(), version(floor.getHlc(), floor.hasOrigin(), floor.getOrigin())));
  }

  private static List<Message.Applied> applied(List<Wire.Applied> applied) {
    return mapped(
        applied,
        one ->
            new Message.Applied(
                one.getOrigin(),
                one.getSequence(),
                one.getCompleteHlc(),
                one.getSequence() + one.getHighestAbove()));
  }

  private static List<Message.Range> ranges(List<Wire.Range> ranges) {
    return mapped(
        ranges, range -> new Message.Range(range.getFirst(), range.getFirst() + range.getMore()));
  }

  /** The size of a list that was read is the number of its elements, not a claimed one. */
  private static <W, M> List<M> mapped(List<W> read, Function<W, M> mapping) {
    if (read.isEmpty()) {
      return List.of();
    }
    List<M> mapped = new ArrayList<>(read.size());
    for (W element : read) {
      mapped.add(mapping.apply(element));
    }
    return mapped;
  }

  private static Message hello(Wire.Hello hello) {
    return new Message.Hello(
        Label.received(hello.getNodeName()),
        mapped(
            hello.getCachesList(),
            cache ->
                new Message.CacheDescription(
                    cache.getCache(), cache.getName(), Label.received(cache.getMode()))),
        hello.getAnswerWanted(),
        hello.getStartedHlc(),
        former(hello.getFormerHigh(), hello.getFormerLow()));
  }

  private static @Nullable NodeId former(long high, long low) {
    return high == 0 && low == 0 ? null : new NodeId(high, low);
  }

  private static Message clockReject(Wire.ClockReject reject) {
    return new Message.ClockReject(reject.getOrigin(), reject.getHlc(), reject.getReceiverHlc());
  }

  private static Message fragment(Wire.Fragment fragment) {
    return new Message.Fragment(
        fragment.getAssembly(),
        fragment.getIndex(),
        fragment.getCount(),
        fragment.getTotalBytes(),
        fragment.getSequence(),
        fragment.getPart().toByteArray());
  }

  private static Message nak(Wire.Nak nak) {
    return new Message.Nak(
        nak.getStream(),
        nak.getAsked(),
        ranges(nak.getMissingList()),
        nak.getRound(),
        mapped(
            nak.getFragmentsList(),
            fragments ->
                new Message.MissingFragments(
                    fragments.getAssembly(), ranges(fragments.getMissingList()))));
  }

  private Message repair(Wire.Repair repair) {
    return new Message.Repair(
        repair.getTo(),
        repair.getStream(),
        ranges(repair.getRepairedSequencesList()),
        ranges(repair.getVoidSequencesList()),
        changes(repair.getCachesList()),
        repair.getResync(),
        repair.getSequence());
  }

  private static Message stateRequest(Wire.StateRequest request) {
    return new Message.StateRequest(
        request.getTo(),
        request.getRequest(),
        request.getNextChunk(),
        request.getEveryCache(),
        request.getCachesList(),
        applied(request.getKnownList()),
        request.getStop());
  }

  private Message stateChunk(Wire.StateChunk chunk) {
    return new Message.StateChunk(
        chunk.getTo(),
        chunk.getRequest(),
        chunk.getNumber(),
        chunk.getLast(),
        changes(chunk.getCachesList()),
        chunk.hasBeginning() ? beginning(chunk.getBeginning()) : null);
  }

  private Message.Beginning beginning(Wire.Beginning beginning) {
    return new Message.Beginning(
        beginning.getRefused(),
        beginning.getHlc(),
        version(beginning.getFloor()),
        version(beginning.getGcFloor()),
        applied(beginning.getAppliedList()),
        clearFloors(beginning.getClearFloorsList()),
        mapped(
            beginning.getBeyondList(),
            beyond -> new Message.Beyond(beyond.getOrigin(), ranges(beyond.getSequencesList()))));
  }

  private Message staleHistory(Wire.StaleHistory stale) {
    return new Message.StaleHistory(stale.getTo(), changes(stale.getDoubtedList()));
  }

  private Message scrub(Wire.Scrub scrub) {
    return new Message.Scrub(
        scrub.getCache(),
        mapped(
            scrub.getKeysList(),
            key ->
                new Message.KeyVersion(
                    payload(key.getKeyCodec(), key.getKey()),
                    version(key.getHlc(), key.hasOrigin(), key.getOrigin()))));
  }

  private Message touch(Wire.Touch touch) {
    return new Message.Touch(
        touch.getCache(),
        mapped(
            touch.getEntriesList(),
            entry ->
                new Message.Touched(
                    payload(entry.getKeyCodec(), entry.getKey()),
                    version(entry.getHlc(), entry.hasOrigin(), entry.getOrigin()),
                    entry.hasTtlMillis() ? entry.getTtlMillis() : Change.ETERNAL)));
  }

  private static Message pull(Wire.Pull pull) {
    return new Message.Pull(
        pull.getTo(),
        pull.getCache(),
        mapped(pull.getKeysList(), key -> payload(key.getCodec(), key.getKey())));
  }
}
