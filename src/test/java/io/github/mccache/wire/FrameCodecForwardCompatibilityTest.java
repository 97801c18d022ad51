package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.datagram;
import static io.github.mccache.wire.Datagrams.opened;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a later version sends, as this one reads it. */
class FrameCodecForwardCompatibilityTest {

  private static final UnknownFieldSet LATER_FIELDS =
      UnknownFieldSet.newBuilder()
          .addField(
              500,
              UnknownFieldSet.Field.newBuilder()
                  .addVarint(1)
                  .addFixed64(2)
                  .addLengthDelimited(ByteString.copyFromUtf8("later"))
                  .build())
          .build();

  @Test
  void open_laterBodies_areSkippedAndCounted() {
    byte[] datagram =
        datagram(
            Wire.Body.newBuilder().setUnknownFields(LATER_FIELDS),
            bye(),
            Wire.Body.newBuilder(),
            bye());

    Opened.Frame frame = opened(datagram);

    assertThat(frame.messages()).containsExactly(new Message.Bye(), new Message.Bye());
    assertThat(frame.skippedBodies()).isEqualTo(2);
  }

  @Test
  void open_bodiesThatAreLaidDownButNotSpoken_areSkippedAndCounted() {
    byte[] datagram =
        datagram(
            Wire.Body.newBuilder().setFragment(Wire.Fragment.newBuilder().setCount(-1)),
            Wire.Body.newBuilder().setNak(Wire.Nak.newBuilder().setStream(1)),
            Wire.Body.newBuilder().setRepair(Wire.Repair.newBuilder().setResync(true)),
            Wire.Body.newBuilder().setAck(Wire.Ack.getDefaultInstance()),
            Wire.Body.newBuilder().setHelloAck(Wire.HelloAck.getDefaultInstance()),
            Wire.Body.newBuilder().setStateRequest(Wire.StateRequest.getDefaultInstance()),
            Wire.Body.newBuilder().setStateChunk(Wire.StateChunk.getDefaultInstance()),
            Wire.Body.newBuilder().setStaleHistory(Wire.StaleHistory.getDefaultInstance()),
            Wire.Body.newBuilder().setScrub(Wire.Scrub.getDefaultInstance()),
            Wire.Body.newBuilder().setPull(Wire.Pull.getDefaultInstance()),
            Wire.Body.newBuilder()
                .setDiagnostic(Wire.Diagnostic.newBuilder().putFigures("received", 12)),
            bye());

    Opened.Frame frame = opened(datagram);

    assertThat(frame.messages()).containsExactly(new Message.Bye());
    assertThat(frame.skippedBodies()).isEqualTo(11);
  }

  @Test
  void open_laterFieldsInKnownBodies_areIgnored() {
    Wire.Change.Builder change =
        Wire.Change.newBuilder()
            .setHlc(5)
            .setKey(ByteString.copyFromUtf8("k"))
            .setValue(ByteString.EMPTY)
            .setUnknownFields(LATER_FIELDS);
    Wire.Data.Builder data =
        Wire.Data.newBuilder()
            .setSequence(1)
            .setAckWanted(true)
            .addCaches(Wire.CacheChanges.newBuilder().setCache(3).addChanges(change))
            .setUnknownFields(LATER_FIELDS);
    Wire.Heartbeat.Builder heartbeat =
        Wire.Heartbeat.newBuilder()
            .setNodeName("n")
            .setSentHlc(9)
            .addApplied(Wire.Applied.newBuilder().setOrigin(4))
            .setGcFloor(Wire.Version.newBuilder().setHlc(-1))
            .setUnknownFields(LATER_FIELDS);

    Opened.Frame frame =
        opened(
            datagram(
                Wire.Frame.newBuilder()
                    .addBodies(Wire.Body.newBuilder().setData(data))
                    .addBodies(Wire.Body.newBuilder().setHeartbeat(heartbeat))
                    .setUnknownFields(LATER_FIELDS)
                    .build()));

    Change read =
        Change.put(
            3,
            new Version(5, Messages.SELF.origin()),
            new Payload(0, new byte[] {'k'}),
            new Payload(0, new byte[0]),
            Change.ETERNAL);
    assertThat(frame.messages())
        .containsExactly(
            new Message.Data(1, 0, List.of(read)), new Message.Heartbeat("n", 0, 0, List.of()));
    assertThat(frame.skippedBodies()).isZero();
  }

  @Test
  void open_laterKindOfChange_isAnInvalidation() {
    Wire.Change.Builder change =
        Wire.Change.newBuilder()
            .setKindValue(77)
            .setHlc(5)
            .setOrigin(6)
            .setKey(ByteString.copyFromUtf8("k"))
            .setValue(ByteString.copyFromUtf8("whatever it means"))
            .setTtlMillis(1);
    Wire.Data.Builder data =
        Wire.Data.newBuilder()
            .setSequence(1)
            .addCaches(Wire.CacheChanges.newBuilder().setCache(3).addChanges(change));

    Message read = opened(datagram(Wire.Body.newBuilder().setData(data))).messages().get(0);

    assertThat(((Message.Data) read).changes())
        .containsExactly(Change.invalidate(3, new Version(5, 6), new Payload(0, new byte[] {'k'})));
  }

  private static Wire.Body.Builder bye() {
    return Wire.Body.newBuilder().setBye(Wire.Bye.getDefaultInstance());
  }
}
