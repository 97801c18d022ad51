package io.github.mccache.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages to bodies. A hello, a heartbeat, a nak or an ack whose lists are too long for a datagram
 * becomes several, which mean the same. All others become one, and it is for the caller to see that
 * it fits: they are one place in a stream, or their parts would not mean the same. Immutable.
 */
final class BodyWriter implements MessageHandler<List<Wire.Body>> {

  private final long self;
  private final int frameCapacity;
  private final BodySizes sizes;

  /**
   * @param self the origin that need not be written
   * @param frameCapacity how long a serialized frame may be
   * @param sizes of the same origin and capacity
   */
  BodyWriter(long self, int frameCapacity, BodySizes sizes) {
    this.self = self;
    this.frameCapacity = frameCapacity;
    this.sizes = sizes;
  }

  @Override
  public List<Wire.Body> onData(Message.Data data) {
    Wire.Data.Builder builder =
        Wire.Data.newBuilder()
            .setSequence(data.sequence())
            .setCompleteHlc(data.completeTime())
            .addAllCaches(groups(data.changes()))
            .setAckWanted(data.ackWanted());
    return List.of(Wire.Body.newBuilder().setData(builder).build());
  }

  /** Changes by cache: in the order in which the caches come first, and their changes come. */
  private List<Wire.CacheChanges> groups(List<Change> changes) {
    Map<Long, Wire.CacheChanges.Builder> groups = new LinkedHashMap<>();
    Wire.CacheChanges.@Nullable Builder group = null;
    for (Change change : changes) {
      if (group == null || group.getCache() != change.cache()) {
        group =
            groups.computeIfAbsent(
                change.cache(), cache -> Wire.CacheChanges.newBuilder().setCache(cache));
      }
      group.addChanges(change(change));
    }
    List<Wire.CacheChanges> built = new ArrayList<>(groups.size());
    for (Wire.CacheChanges.Builder each : groups.values()) {
      built.add(each.build());
    }
    return built;
  }

  private Wire.Change change(Change change) {
    Wire.Change.Builder builder =
        Wire.Change.newBuilder().setKind(kind(change.kind())).setHlc(change.version().time());
    if (change.version().origin() != self) {
      builder.setOrigin(change.version().origin());
    }
    Payload key = change.key();
    if (key != null) {
      builder.setKeyCodec(key.codec()).setKey(bytes(key));
    }
    Payload value = change.value();
    if (value != null) {
      builder.setValueCodec(value.codec()).setValue(bytes(value));
    }
    if (change.ttlMillis() != Change.ETERNAL) {
      builder.setTtlMillis(change.ttlMillis());
    }
    return builder.build();
  }

  /** Not a copy: the bytes of a payload do not change. */
  private static ByteString bytes(Payload payload) {
    return UnsafeByteOperations.unsafeWrap(payload.bytes());
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
    Parts<Wire.Heartbeat.Builder> parts =
        new Parts<>(
            () -> withoutLists(heartbeat),
            part -> Wire.Body.newBuilder().setHeartbeat(part).build(),
            sizes.heartbeatOverhead(heartbeat),
            frameCapacity);
    for (Message.ClearFloor floor : heartbeat.clearFloors()) {
      parts.with(sizes.sizeOf(floor)).addClearFloors(clearFloor(floor));
    }
    for (Message.Applied applied : heartbeat.applied()) {
      parts.with(sizes.sizeOf(applied)).addApplied(applied(applied));
    }
    return parts.bodies();
  }

  private static Wire.Heartbeat.Builder withoutLists(Message.Heartbeat heartbeat) {
    Wire.Heartbeat.Builder builder =
        Wire.Heartbeat.newBuilder()
            .setNodeName(Label.of(heartbeat.nodeName()))
            .setSequence(heartbeat.sequence())
            .setCompleteHlc(heartbeat.completeTime())
            .setClockHlc(heartbeat.clockTime())
            .setJoined(heartbeat.joined())
            .setAnswerWanted(heartbeat.answerWanted());
    if (!heartbeat.collected().equals(Version.NONE)) {
      builder.setGcFloor(version(heartbeat.collected()));
    }
    Message.Feedback feedback = heartbeat.feedback();
    if (!feedback.equals(Message.Feedback.GOOD)) {
      builder.setFeedback(
          Wire.Feedback.newBuilder()
              .setLossPerMille(feedback.lossPerMille())
              .setQueuePerMille(feedback.queuePerMille()));
    }
    return builder;
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

  private static Wire.Applied applied(Message.Applied applied) {
    return Wire.Applied.newBuilder()
        .setOrigin(applied.origin())
        .setSequence(applied.sequence())
        .setCompleteHlc(applied.completeTime())
        .setHighestAbove(applied.highest() - applied.sequence())
        .build();
  }

  private static Wire.Beyond beyond(Message.Beyond beyond) {
    return Wire.Beyond.newBuilder()
        .setOrigin(beyond.origin())
        .addAllSequences(beyond.ranges().stream().map(BodyWriter::range).toList())
        .build();
  }

  private static Wire.Version version(Version version) {
    return Wire.Version.newBuilder().setHlc(version.time()).setOrigin(version.origin()).build();
  }

  /** Only the last of several wants an answer, or there would be as many answers. */
  @Override
  public List<Wire.Body> onHello(Message.Hello hello) {
    String nodeName = Label.of(hello.nodeName());
    Parts<Wire.Hello.Builder> parts =
        new Parts<>(
            () -> helloWithoutCaches(hello, nodeName),
            part -> Wire.Body.newBuilder().setHello(part).build(),
            sizes.helloOverhead(hello),
            frameCapacity);
    for (Message.CacheDescription cache : hello.caches()) {
      int overhead = sizes.descriptionOverhead(cache);
      String name = Label.cut(cache.name(), Math.toIntExact(parts.elementCapacity() - overhead));
      Wire.CacheDescription description =
          Wire.CacheDescription.newBuilder()
              .setCache(cache.cache())
              .setName(name)
              .setMode(Label.of(cache.mode()))
              .setNameCut(!name.equals(cache.name()))
              .build();
      int nested = sizes.nestingBytes() + description.getSerializedSize();
      parts.with(nested).addCaches(description);
    }
    parts.last().setAnswerWanted(hello.answerWanted());
    return parts.bodies();
  }

  private static Wire.Hello.Builder helloWithoutCaches(Message.Hello hello, String nodeName) {
    Wire.Hello.Builder builder =
        Wire.Hello.newBuilder().setNodeName(nodeName).setStartedHlc(hello.startedTime());
    NodeId former = hello.former();
    return former == null
        ? builder
        : builder.setFormerHigh(former.high()).setFormerLow(former.low());
  }

  @Override
  public List<Wire.Body> onBye(Message.Bye bye) {
    Wire.Bye.Builder builder =
        Wire.Bye.newBuilder().setSequence(bye.sequence()).setCompleteHlc(bye.completeTime());
    return List.of(Wire.Body.newBuilder().setBye(builder).build());
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

  @Override
  public List<Wire.Body> onNak(Message.Nak nak) {
    Parts<Wire.Nak.Builder> parts =
        new Parts<>(
            () ->
                Wire.Nak.newBuilder()
                    .setStream(nak.stream())
                    .setAsked(nak.asked())
                    .setRound(nak.round()),
            part -> Wire.Body.newBuilder().setNak(part).build(),
            sizes.nakOverhead(nak),
            frameCapacity);
    for (Message.Range range : nak.missing()) {
      parts.with(sizes.sizeOf(range)).addMissing(range(range));
    }
    for (Message.MissingFragments fragments : nak.fragments()) {
      addFragments(fragments, parts);
    }
    return parts.bodies();
  }

  /** The ranges of one assembly may be more than a datagram takes: then it is named again. */
  private void addFragments(Message.MissingFragments fragments, Parts<Wire.Nak.Builder> parts) {
    int overhead = sizes.missingFragmentsOverhead(fragments.assembly());
    Wire.MissingFragments.Builder builder =
        Wire.MissingFragments.newBuilder().setAssembly(fragments.assembly());
    int size = overhead;
    for (Message.Range range : fragments.missing()) {
      int added = sizes.sizeOf(range);
      if (size + added > parts.elementCapacity()) {
        parts.with(size).addFragments(builder);
        builder.clearMissing();
        size = overhead;
      }
      builder.addMissing(range(range));
      size += added;
    }
    parts.with(size).addFragments(builder);
  }

  private static Wire.Range range(Message.Range range) {
    return Wire.Range.newBuilder()
        .setFirst(range.first())
        .setMore(range.last() - range.first())
        .build();
  }

  @Override
  public List<Wire.Body> onRepair(Message.Repair repair) {
    Wire.Repair.Builder builder =
        Wire.Repair.newBuilder()
            .setTo(repair.to())
            .setStream(repair.stream())
            .addAllCaches(groups(repair.changes()))
            .setResync(repair.resync())
            .setSequence(repair.sequence());
    for (Message.Range range : repair.repaired()) {
      builder.addRepairedSequences(range(range));
    }
    for (Message.Range range : repair.voided()) {
      builder.addVoidSequences(range(range));
    }
    return List.of(Wire.Body.newBuilder().setRepair(builder).build());
  }

  @Override
  public List<Wire.Body> onAck(Message.Ack ack) {
    Parts<Wire.Ack.Builder> parts =
        new Parts<>(
            Wire.Ack::newBuilder,
            part -> Wire.Body.newBuilder().setAck(part).build(),
            sizes.ackOverhead(),
            frameCapacity);
    for (Message.Applied applied : ack.applied()) {
      parts.with(sizes.sizeOf(applied)).addApplied(applied(applied));
    }
    return parts.bodies();
  }

  @Override
  public List<Wire.Body> onStateRequest(Message.StateRequest request) {
    Wire.StateRequest.Builder builder =
        Wire.StateRequest.newBuilder()
            .setTo(request.to())
            .setRequest(request.request())
            .setNextChunk(request.nextChunk())
            .setEveryCache(request.everyCache())
            .addAllCaches(request.caches())
            .setStop(request.stop());
    for (Message.Applied known : request.known()) {
      builder.addKnown(applied(known));
    }
    return List.of(Wire.Body.newBuilder().setStateRequest(builder).build());
  }

  @Override
  public List<Wire.Body> onStateChunk(Message.StateChunk chunk) {
    Wire.StateChunk.Builder builder =
        Wire.StateChunk.newBuilder()
            .setTo(chunk.to())
            .setRequest(chunk.request())
            .setNumber(chunk.number())
            .addAllCaches(groups(chunk.changes()))
            .setLast(chunk.last());
    Message.Beginning beginning = chunk.beginning();
    if (beginning != null) {
      builder.setBeginning(beginning(beginning));
    }
    return List.of(Wire.Body.newBuilder().setStateChunk(builder).build());
  }

  private Wire.Beginning beginning(Message.Beginning beginning) {
    Wire.Beginning.Builder builder =
        Wire.Beginning.newBuilder().setRefused(beginning.refused()).setHlc(beginning.time());
    if (!beginning.floor().equals(Version.NONE)) {
      builder.setFloor(version(beginning.floor()));
    }
    if (!beginning.collected().equals(Version.NONE)) {
      builder.setGcFloor(version(beginning.collected()));
    }
    for (Message.Applied applied : beginning.applied()) {
      builder.addApplied(applied(applied));
    }
    for (Message.ClearFloor floor : beginning.clearFloors()) {
      builder.addClearFloors(clearFloor(floor));
    }
    for (Message.Beyond beyond : beginning.beyond()) {
      builder.addBeyond(beyond(beyond));
    }
    return builder.build();
  }

  @Override
  public List<Wire.Body> onStaleHistory(Message.StaleHistory stale) {
    Wire.StaleHistory.Builder builder =
        Wire.StaleHistory.newBuilder().setTo(stale.to()).addAllDoubted(groups(stale.doubted()));
    return List.of(Wire.Body.newBuilder().setStaleHistory(builder).build());
  }

  @Override
  public List<Wire.Body> onScrub(Message.Scrub scrub) {
    Wire.Scrub.Builder builder = Wire.Scrub.newBuilder().setCache(scrub.cache());
    for (Message.KeyVersion key : scrub.keys()) {
      Wire.KeyVersion.Builder added =
          Wire.KeyVersion.newBuilder()
              .setKey(bytes(key.key()))
              .setKeyCodec(key.key().codec())
              .setHlc(key.version().time());
      if (key.version().origin() != self) {
        added.setOrigin(key.version().origin());
      }
      builder.addKeys(added);
    }
    return List.of(Wire.Body.newBuilder().setScrub(builder).build());
  }

  @Override
  public List<Wire.Body> onPull(Message.Pull pull) {
    Wire.Pull.Builder builder = Wire.Pull.newBuilder().setTo(pull.to()).setCache(pull.cache());
    for (Payload key : pull.keys()) {
      builder.addKeys(Wire.Key.newBuilder().setKey(bytes(key)).setCodec(key.codec()));
    }
    return List.of(Wire.Body.newBuilder().setPull(builder).build());
  }

  @Override
  public List<Wire.Body> onTouch(Message.Touch touch) {
    Wire.Touch.Builder builder = Wire.Touch.newBuilder().setCache(touch.cache());
    for (Message.Touched entry : touch.entries()) {
      Wire.Touched.Builder added =
          Wire.Touched.newBuilder()
              .setKey(bytes(entry.key()))
              .setKeyCodec(entry.key().codec())
              .setHlc(entry.version().time());
      if (entry.version().origin() != self) {
        added.setOrigin(entry.version().origin());
      }
      if (entry.ttlMillis() != Change.ETERNAL) {
        added.setTtlMillis(entry.ttlMillis());
      }
      builder.addEntries(added);
    }
    return List.of(Wire.Body.newBuilder().setTouch(builder).build());
  }

  @Override
  public List<Wire.Body> onFragment(Message.Fragment fragment) {
    Wire.Fragment.Builder builder =
        Wire.Fragment.newBuilder()
            .setAssembly(fragment.assembly())
            .setIndex(fragment.index())
            .setCount(fragment.count())
            .setTotalBytes(fragment.totalBytes())
            .setSequence(fragment.sequence())
            .setPart(UnsafeByteOperations.unsafeWrap(fragment.part()));
    return List.of(Wire.Body.newBuilder().setFragment(builder).build());
  }
}
