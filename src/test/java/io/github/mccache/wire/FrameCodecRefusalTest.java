package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.CLUSTER;
import static io.github.mccache.wire.Datagrams.OTHER;
import static io.github.mccache.wire.Datagrams.datagram;
import static io.github.mccache.wire.Datagrams.header;
import static io.github.mccache.wire.Datagrams.open;
import static io.github.mccache.wire.Datagrams.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import io.github.mccache.protocol.Message;
import io.github.mccache.wire.proto.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameCodecRefusalTest {

  private static final byte[] BYE = datagram(bye());

  @Test
  void open_asGeneratedCodeWritesIt_isRead() {
    Opened.Frame frame = opened(BYE);

    assertThat(frame.messages()).containsExactly(new Message.Bye());
    assertThat(frame.packetNumber()).isEqualTo(7);
  }

  @Test
  void open_emptyFrame_saysNothing() {
    byte[] datagram = datagram();

    assertThat(datagram).hasSize(58);
    assertThat(opened(datagram).messages()).isEmpty();
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        arguments(Refusal.NOT_OURS, header().setMagic(0x4143434E)),
        arguments(Refusal.OTHER_VERSION, header().setWireVersion(2)),
        arguments(Refusal.OTHER_VERSION, header().setWireVersion(0)),
        arguments(Refusal.OTHER_VERSION, header().setFlags(1)),
        arguments(Refusal.OTHER_CLUSTER, header().setClusterTag(CLUSTER + 1)),
        arguments(
            Refusal.OWN, header().setIncarnationHigh(OTHER.high()).setIncarnationLow(OTHER.low())),
        arguments(Refusal.SEALED, header().setKeyId(1)),
        arguments(Refusal.INVALID, header().setPacketNumber(0)),
        arguments(Refusal.INVALID, header().setPacketNumber(-1)),
        // The cheaper reason wins.
        arguments(Refusal.NOT_OURS, header().setMagic(0).setWireVersion(9).setClusterTag(9)),
        arguments(Refusal.OTHER_VERSION, header().setWireVersion(9).setClusterTag(9).setKeyId(9)),
        arguments(Refusal.OTHER_CLUSTER, header().setClusterTag(9).setKeyId(9).setPacketNumber(0)),
        // Fields that are missing: the prefix is not where it must be.
        arguments(Refusal.MALFORMED, header().clearWireVersion()),
        arguments(Refusal.MALFORMED, header().clearClusterTag().setFlags(1)),
        arguments(Refusal.MALFORMED, header().clearKeyId()));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void open_headerThatIsNotForUs_isRefused(Refusal reason, Wire.Datagram.Builder header) {
    Wire.Body.Builder body =
        Wire.Body.newBuilder().setHeartbeat(Wire.Heartbeat.newBuilder().setNodeName("host:12345"));
    byte[] datagram =
        header.setFrame(Wire.Frame.newBuilder().addBodies(body)).build().toByteArray();

    assertThat(open(datagram)).isEqualTo(new Opened.Refused(reason));
  }

  @Test
  void open_sealedBody_isRefusedAsSealed() {
    ByteString sealed = ByteString.copyFrom(new byte[100]);

    assertThat(open(header().setSealed(sealed).build().toByteArray()))
        .isEqualTo(new Opened.Refused(Refusal.SEALED));
  }

  @Test
  void open_everyTagByteOfThePrefix_isChecked() {
    for (int tagAt : new int[] {0, 5, 10, 19, 28, 37, 46, 51}) {
      byte[] datagram = BYE.clone();
      datagram[tagAt] ^= 0x08;

      assertThat(open(datagram))
          .isEqualTo(new Opened.Refused(tagAt == 0 ? Refusal.NOT_OURS : Refusal.MALFORMED));
    }
  }

  @Test
  void open_anyLengthThatIsCutOff_isRefused() {
    for (int length = 0; length < BYE.length; length++) {
      Refusal expected = length < 58 ? Refusal.TOO_SHORT : Refusal.MALFORMED;

      assertThat(open(Arrays.copyOf(BYE, length))).isEqualTo(new Opened.Refused(expected));
    }
  }

  @Test
  void open_moreThanUdpCarries_isTooLarge() {
    assertThat(open(Arrays.copyOf(BYE, 65_508))).isEqualTo(new Opened.Refused(Refusal.TOO_LARGE));
  }

  @Test
  void open_somethingBehindTheFrame_isMalformed() {
    assertThat(open(Arrays.copyOf(BYE, BYE.length + 1)))
        .isEqualTo(new Opened.Refused(Refusal.MALFORMED));
    byte[] flagsAgain = Arrays.copyOf(BYE, BYE.length + 5);
    flagsAgain[BYE.length] = 0x45;
    assertThat(open(flagsAgain)).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
  }

  @Test
  void open_nestedWithoutEnd_isMalformed() {
    byte[] groups = new byte[1000];
    Arrays.fill(groups, (byte) 0x7B); // the start of group 15, again and again

    assertThat(open(framed(groups))).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
  }

  @Test
  void open_lengthsThatLie_areMalformed() {
    byte[] twoGigabytes = {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
    byte[] negative = {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};

    assertThat(open(framed(twoGigabytes))).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
    assertThat(open(framed(negative))).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
  }

  @Test
  void open_textThatIsNotUtf8_isMalformed() {
    byte[] datagram =
        datagram(Wire.Body.newBuilder().setHeartbeat(Wire.Heartbeat.newBuilder().setNodeName("€")));
    int at = indexOf(datagram, "€".getBytes(StandardCharsets.UTF_8));
    datagram[at] = 'e';

    assertThat(open(datagram)).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
  }

  static Stream<Arguments> nonsense() {
    ByteString bytes = ByteString.copyFromUtf8("k");
    return Stream.of(
        arguments("no change", Wire.Data.newBuilder().setSequence(1)),
        arguments("sequence 0", data(put()).setSequence(0)),
        arguments("sequence 2^63", data(put()).setSequence(Long.MIN_VALUE)),
        arguments("complete at 2^63", data(put()).setCompleteHlc(Long.MIN_VALUE)),
        arguments("hlc 2^63", data(put().setHlc(Long.MIN_VALUE))),
        arguments("put without key", data(put().clearKey())),
        arguments("put without value", data(put().clearValue())),
        arguments("fill without value", data(put().setKind(Wire.Change.Kind.FILL).clearValue())),
        arguments("remove with value", data(put().setKind(Wire.Change.Kind.REMOVE))),
        arguments("invalidate with value", data(put().setKind(Wire.Change.Kind.INVALIDATE))),
        arguments(
            "clear with key",
            data(put().setKind(Wire.Change.Kind.CLEAR).clearValue().setKey(bytes))),
        arguments("unknown kind without key", data(put().setKindValue(99).clearKey())),
        arguments("key codec 2^31", data(put().setKeyCodec(Integer.MIN_VALUE))),
        arguments("value codec 2^31", data(put().setValueCodec(-1))),
        arguments("life of 2^63 ms", data(put().setTtlMillis(Long.MIN_VALUE))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nonsense")
  void open_oneChangeOfManyIsNonsense_refusesTheWhole(String what, Wire.Data.Builder nonsense) {
    byte[] datagram =
        datagram(bye(), Wire.Body.newBuilder().setData(data(put())), body(nonsense), bye());

    assertThat(open(datagram)).isEqualTo(new Opened.Refused(Refusal.INVALID));
  }

  @Test
  void open_nonsenseInOtherMessages_isInvalid() {
    Wire.ClearFloor.Builder floor = Wire.ClearFloor.newBuilder().setHlc(-1);
    assertThat(
            Stream.of(
                    Wire.Body.newBuilder()
                        .setHeartbeat(Wire.Heartbeat.newBuilder().setSequence(-1)),
                    Wire.Body.newBuilder()
                        .setHeartbeat(Wire.Heartbeat.newBuilder().setCompleteHlc(-1)),
                    Wire.Body.newBuilder()
                        .setHeartbeat(Wire.Heartbeat.newBuilder().addClearFloors(floor)),
                    Wire.Body.newBuilder().setClockReject(Wire.ClockReject.newBuilder().setHlc(-1)),
                    Wire.Body.newBuilder()
                        .setClockReject(Wire.ClockReject.newBuilder().setReceiverHlc(-1)))
                .map(body -> open(datagram(body))))
        .containsOnly(new Opened.Refused(Refusal.INVALID));
  }

  private static Wire.Body.Builder bye() {
    return Wire.Body.newBuilder().setBye(Wire.Bye.getDefaultInstance());
  }

  private static Wire.Body.Builder body(Wire.Data.Builder data) {
    return Wire.Body.newBuilder().setData(data);
  }

  private static Wire.Data.Builder data(Wire.Change.Builder change) {
    return Wire.Data.newBuilder()
        .setSequence(1)
        .addCaches(Wire.CacheChanges.newBuilder().setCache(1).addChanges(change));
  }

  private static Wire.Change.Builder put() {
    return Wire.Change.newBuilder().setHlc(1).setKey(ByteString.EMPTY).setValue(ByteString.EMPTY);
  }

  /** A datagram whose frame is these bytes, whatever they are. */
  private static byte[] framed(byte[] frame) {
    ByteString.Output output = ByteString.newOutput();
    output.write(BYE, 0, 56);
    output.write(0x4A);
    for (int length = frame.length; ; length >>>= 7) {
      output.write(length > 127 ? length & 0x7F | 0x80 : length);
      if (length <= 127) {
        break;
      }
    }
    output.write(frame, 0, frame.length);
    return output.toByteString().toByteArray();
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = 0; ; at++) {
      if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
  }
}
