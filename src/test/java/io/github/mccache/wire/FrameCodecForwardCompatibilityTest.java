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

    assertThat(frame.messages()).containsExactly(Messages.bye(), Messages.bye());
    assertThat(frame.skippedBodies()).isEqualTo(2);
  }

  @Test
  void open_bodyThatIsLaidDownButNotSpoken_isSkippedAndCounted() {
    byte[] datagram =
        datagram(
            Wire.Body.newBuilder()
                .setDiagnostic(
                    Wire.Diagnostic.newBuilder()
                        .addFigures(Wire.Figure.newBuilder().setKey("received").setValue(12))),
            bye());

    Opened.Frame frame = opened(datagram);

    assertThat(frame.messages()).containsExactly(Messages.bye());
    assertThat(frame.skippedBodies()).isEqualTo(1);
  }

  @Test
  void decodeBody_kindsThatDoNotTravelInFragments_isNothing() {
    for (Wire.Body.Builder body :
        List.of(
            Wire.Body.newBuilder(),
            Wire.Body.newBuilder().setUnknownFields(LATER_FIELDS),
            Wire.Body.newBuilder().setDiagnostic(Wire.Diagnostic.getDefaultInstance()),
            Wire.Body.newBuilder()
                .setFragment(
                    Wire.Fragment.newBuilder()
                        .setAssembly(1)
                        .setCount(2)
                        .setTotalBytes(2)
                        .setPart(ByteString.copyFromUtf8("x"))))) {
      assertThat(Datagrams.receiver().decodeBody(Messages.SELF, body.build().toByteArray()))
          .isNull();
    }
  }

  @Test
  void open_heartbeatAndByeOfAMemberThatSaysLess_areRead() {
    Wire.Heartbeat.Builder heartbeat = Wire.Heartbeat.newBuilder().setNodeName("n").setSequence(3);

    Opened.Frame frame = opened(datagram(Wire.Body.newBuilder().setHeartbeat(heartbeat), bye()));

    assertThat(frame.messages())
        .containsExactly(
            new Message.Heartbeat(
                "n", 3, 0, 0, false, List.of(), List.of(), Version.NONE, Message.Feedback.GOOD),
            new Message.Bye(0, 0));
  }

  @Test
  void open_feedbackOfMoreThanAll_isAll() {
    Wire.Feedback.Builder feedback =
        Wire.Feedback.newBuilder().setLossPerMille(1001).setQueuePerMille(-1);

    Message read =
        opened(
                datagram(
                    Wire.Body.newBuilder()
                        .setHeartbeat(Wire.Heartbeat.newBuilder().setFeedback(feedback))))
            .messages()
            .get(0);

    assertThat(((Message.Heartbeat) read).feedback()).isEqualTo(new Message.Feedback(1000, 1000));
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
            .addCaches(Wire.CacheChanges.newBuilder().setCache(3).addChanges(change))
            .setUnknownFields(LATER_FIELDS);
    Wire.Heartbeat.Builder heartbeat =
        Wire.Heartbeat.newBuilder().setNodeName("n").setUnknownFields(LATER_FIELDS);

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
            new Message.Data(1, 0, List.of(read)), Messages.heartbeat("n", 0, 0, List.of()));
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
