package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.CLUSTER;
import static io.github.mccache.wire.Datagrams.datagram;
import static io.github.mccache.wire.Datagrams.header;
import static io.github.mccache.wire.Datagrams.open;
import static io.github.mccache.wire.Datagrams.opened;
import static io.github.mccache.wire.Datagrams.sender;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.github.mccache.wire.proto.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
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

    assertThat(frame.messages()).containsExactly(Messages.bye());
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
        arguments(Refusal.KEPT_APART, header().setClusterTag(CLUSTER + 1)),
        arguments(Refusal.OTHER_CLUSTER, header().setClusterTag(CLUSTER + (1L << 32))),
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
  void open_ownDatagram_isRefusedUnlessItWasNotSentFromHere() {
    FrameCodec codec = sender(1344);
    byte[] sent = codec.encode(List.of(Messages.bye())).get(0);
    byte[] ofCopy = sender(1344).encode(List.of(Messages.bye())).get(0);
    byte[] ofCopyThatIsAhead = datagram(bye());

    assertThat(codec.open(ByteBuffer.wrap(sent))).isEqualTo(new Opened.Refused(Refusal.OWN));
    assertThat(codec.open(ByteBuffer.wrap(ofCopy))).isEqualTo(new Opened.Refused(Refusal.OWN));
    assertThat(codec.open(ByteBuffer.wrap(ofCopyThatIsAhead))).isInstanceOf(Opened.Frame.class);
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
  void open_touchOfNegativeLife_isRefused() {
    Wire.Touched.Builder entry =
        Wire.Touched.newBuilder().setKeyCodec(1).setTtlMillis(Long.MIN_VALUE);
    Wire.Body.Builder touch =
        Wire.Body.newBuilder().setTouch(Wire.Touch.newBuilder().addEntries(entry));

    assertThat(open(datagram(bye(), touch, bye()))).isEqualTo(new Opened.Refused(Refusal.INVALID));
  }

  static Stream<Arguments> withoutCodec() {
    return Stream.of(0, -1, Integer.MIN_VALUE)
        .flatMap(
            number ->
                Stream.of(
                    arguments("key", number, body(data(put().setKeyCodec(number)))),
                    arguments("value", number, body(data(put().setValueCodec(number)))),
                    arguments(
                        "scrub",
                        number,
                        Wire.Body.newBuilder()
                            .setScrub(Wire.Scrub.newBuilder().addKeys(key().setKeyCodec(number)))),
                    arguments(
                        "touch",
                        number,
                        Wire.Body.newBuilder()
                            .setTouch(
                                Wire.Touch.newBuilder()
                                    .addEntries(Wire.Touched.newBuilder().setKeyCodec(number)))),
                    arguments(
                        "pull",
                        number,
                        Wire.Body.newBuilder()
                            .setPull(
                                Wire.Pull.newBuilder()
                                    .addKeys(Wire.Key.newBuilder().setCodec(number))))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("withoutCodec")
  void open_codecNumberThatNoCodecHas_keepsTheRestOfTheDatagram(
      String where, int number, Wire.Body.Builder message) {
    Opened opened = open(datagram(bye(), message, bye()));

    assertThat(opened)
        .isInstanceOfSatisfying(
            Opened.Frame.class, frame -> assertThat(frame.messages()).hasSize(3));
  }

  static Stream<Arguments> nonsenseInOtherMessages() {
    Wire.ClearFloor.Builder floor = Wire.ClearFloor.newBuilder().setHlc(-1);
    Wire.Version.Builder version = Wire.Version.newBuilder().setHlc(Long.MIN_VALUE);
    Wire.Applied.Builder sequence = Wire.Applied.newBuilder().setSequence(Long.MIN_VALUE);
    Wire.Applied.Builder complete = Wire.Applied.newBuilder().setCompleteHlc(-1);
    return Stream.of(
        arguments("heartbeat sequence", heartbeat().setSequence(-1)),
        arguments("heartbeat complete", heartbeat().setCompleteHlc(-1)),
        arguments("heartbeat clock", heartbeat().setClockHlc(-1)),
        arguments("heartbeat floor", heartbeat().addClearFloors(floor)),
        arguments("heartbeat applied sequence", heartbeat().addApplied(sequence)),
        arguments("heartbeat applied complete", heartbeat().addApplied(complete)),
        arguments("heartbeat gc floor", heartbeat().setGcFloor(version)),
        arguments("bye sequence", Wire.Bye.newBuilder().setSequence(-1)),
        arguments("bye complete", Wire.Bye.newBuilder().setCompleteHlc(-1)),
        arguments("clock reject", Wire.ClockReject.newBuilder().setHlc(-1)),
        arguments("clock reject receiver", Wire.ClockReject.newBuilder().setReceiverHlc(-1)),
        arguments("ack", Wire.Ack.newBuilder().addApplied(sequence)),
        arguments("repair change", Wire.Repair.newBuilder().addCaches(cache(put().clearKey()))),
        arguments("doubt with value", Wire.StaleHistory.newBuilder().addDoubted(cache(put()))),
        arguments(
            "doubt of a removal",
            Wire.StaleHistory.newBuilder()
                .addDoubted(cache(put().setKind(Wire.Change.Kind.REMOVE).clearValue()))),
        arguments("scrub version", Wire.Scrub.newBuilder().addKeys(key().setHlc(-1))),
        arguments("request 0", request().setRequest(0)),
        arguments("request 2^63", request().setRequest(Long.MIN_VALUE)),
        arguments("request next chunk 2^63", request().setNextChunk(Long.MIN_VALUE)),
        arguments("request known", request().addKnown(complete)),
        arguments("chunk of request 0", chunk().setRequest(0)),
        arguments("chunk number 2^63", chunk().setNumber(Long.MIN_VALUE)),
        arguments("first chunk without beginning", chunk().setNumber(0)),
        arguments("second chunk with beginning", chunk().setBeginning(beginning())),
        arguments("beginning time", first(beginning().setHlc(-1))),
        arguments("beginning floor", first(beginning().setFloor(version))),
        arguments("beginning gc floor", first(beginning().setGcFloor(version))),
        arguments("beginning applied", first(beginning().addApplied(sequence))),
        arguments("beginning clear floor", first(beginning().addClearFloors(floor))),
        arguments(
            "applied highest 2^63",
            heartbeat().addApplied(Wire.Applied.newBuilder().setHighestAbove(Long.MIN_VALUE))),
        arguments(
            "applied highest beyond 2^63 - 1",
            heartbeat()
                .addApplied(
                    Wire.Applied.newBuilder().setSequence(Long.MAX_VALUE).setHighestAbove(1))));
  }

  static Stream<Arguments> nonsenseOfRanges() {
    return Stream.of(
        arguments("nothing missing", nak()),
        arguments("sequences and pieces", nak(range(1, 0)).addFragments(pieces(range(0, 0)))),
        arguments("round 8", nak(range(1, 0)).setRound(8)),
        arguments("round 2^32 - 1", nak(range(1, 0)).setRound(-1)),
        arguments("first 2^63", nak(range(Long.MIN_VALUE, 0))),
        arguments("more 2^63", nak(range(1, Long.MIN_VALUE))),
        arguments("more 2^64 - 1", nak(range(1, -1))),
        arguments("beyond 2^63 - 1", nak(range(Long.MAX_VALUE, 1))),
        arguments("descending", nak(range(5, 0), range(4, 0))),
        arguments("twice", nak(range(5, 0), range(5, 0))),
        arguments("overlapping", nak(range(5, 2), range(7, 0))),
        arguments("65 ranges", nak(ranges(65))),
        arguments("30,000 empty ranges", nak(emptyRanges(30_000))),
        arguments("pieces of assembly 0", nak().addFragments(pieces(range(0, 0)).setAssembly(0))),
        arguments("no pieces", nak().addFragments(pieces())),
        arguments("65 ranges of pieces", nak().addFragments(pieces(ranges(65)))),
        arguments("overlapping pieces", nak().addFragments(pieces(range(0, 1), range(1, 1)))),
        arguments(
            "pieces of 65 bodies",
            nak().addAllFragments(Collections.nCopies(65, pieces(range(0, 0)).build()))),
        arguments(
            "65 repaired", Wire.Repair.newBuilder().addAllRepairedSequences(List.of(ranges(65)))),
        arguments("65 void", Wire.Repair.newBuilder().addAllVoidSequences(List.of(ranges(65)))),
        arguments(
            "overlapping void",
            Wire.Repair.newBuilder().addVoidSequences(range(1, 3)).addVoidSequences(range(4, 0))),
        arguments(
            "overlapping beyond", first(beginning().addBeyond(beyond(range(1, 3), range(4, 0))))),
        arguments("1,025 beyond", first(beginning().addBeyond(beyond(ranges(1_025))))),
        arguments(
            "1,025 beyond in all",
            first(beginning().addBeyond(beyond(ranges(1_000))).addBeyond(beyond(ranges(25))))));
  }

  static Stream<Arguments> nonsenseOfFragments() {
    int most = Integer.MAX_VALUE;
    return Stream.of(
        arguments("assembly 0", fragment(0, 2, 8, 4).setAssembly(0)),
        arguments("assembly 2^63", fragment(0, 2, 8, 4).setAssembly(Long.MIN_VALUE)),
        arguments("count 0", fragment(0, 0, 8, 8)),
        arguments("count 1", fragment(0, 1, 8, 8)),
        arguments("count 2^31", fragment(0, Integer.MIN_VALUE, 8, 4)),
        arguments("index as count", fragment(2, 2, 8, 4)),
        arguments("index as count, empty", fragment(2, 2, 8, 0)),
        arguments("index 2^32 - 1", fragment(-1, 2, 8, 4)),
        arguments("more pieces than bytes", fragment(0, most, 8, 1)),
        arguments("no bytes", fragment(0, 2, 0, 0)),
        arguments("total 2^31", fragment(0, 2, Integer.MIN_VALUE, 4)),
        arguments("total 2^32 - 1", fragment(0, 2, -1, 4)),
        arguments("part shorter", fragment(0, 2, 8, 3)),
        arguments("part longer", fragment(0, 2, 8, 5)),
        arguments("last part longer", fragment(1, 2, 7, 4)),
        arguments("empty part", fragment(0, 2, 8, 0)),
        arguments("part of gigabytes that is not there", fragment(0, 2, most, 4)),
        arguments("all of it in one of most", fragment(0, most, most, 8)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"nonsenseInOtherMessages", "nonsenseOfRanges", "nonsenseOfFragments"})
  void open_oneMessageOfManyIsNonsense_refusesTheWhole(String what, Message.Builder nonsense) {
    Wire.Body.Builder body = bodyOf(nonsense);
    byte[] datagram = datagram(bye(), body, bye());

    assertThat(open(datagram)).isEqualTo(new Opened.Refused(Refusal.INVALID));
    assertThat(Datagrams.receiver().decodeBody(Messages.SELF, body.build().toByteArray())).isNull();
  }

  @Test
  void open_theLimitsOfWhatIsSense_isRead() {
    byte[] datagram =
        datagram(
            bodyOf(nak(ranges(64)).setRound(7)),
            bodyOf(nak().addFragments(pieces(ranges(64)))),
            bodyOf(nak(range(Long.MAX_VALUE, 0))),
            bodyOf(nak(range(0, Long.MAX_VALUE))),
            bodyOf(fragment(1, 2, 7, 3)),
            bodyOf(fragment(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, Integer.MAX_VALUE, 1)),
            bodyOf(fragment(3, 4, 5, 0)),
            bodyOf(chunk()),
            bodyOf(first(beginning())),
            bodyOf(Wire.Data.newBuilder().setSequence(Long.MAX_VALUE)));

    assertThat(opened(datagram).messages()).hasSize(10);
  }

  @Test
  void open_countsThatAreClaimed_reserveNothing() {
    byte[] packed = {0x5A, 0x06, 0x22, (byte) 0xF8, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
    byte[] body =
        ByteString.copyFrom(packed).concat(ByteString.copyFrom(new byte[2])).toByteArray();
    byte[] frame = new byte[body.length + 2];
    frame[0] = 0x0A;
    frame[1] = (byte) body.length;
    System.arraycopy(body, 0, frame, 2, body.length);

    assertThat(open(framed(frame))).isEqualTo(new Opened.Refused(Refusal.MALFORMED));
    assertThat(Datagrams.receiver().decodeBody(Messages.SELF, body)).isNull();
  }

  /** The most that a datagram can hold of what takes the least: it is read, and that is all. */
  @Test
  void open_asManyElementsAsFit_isReadOrRefused() {
    byte[] empties = new byte[65_000];
    for (int i = 0; i < empties.length; i += 2) {
      empties[i] = 0x0A; // an empty body
    }

    assertThat(open(framed(empties)))
        .isEqualTo(new Opened.Frame(Messages.SELF, 7, true, List.of(), 32_500, 0, 0));
  }

  @Test
  void decodeBody_bytesThatAreNoBody_isNothing() {
    FrameCodec receiver = Datagrams.receiver();
    byte[] groups = new byte[1000];
    Arrays.fill(groups, (byte) 0x7B);
    byte[] body = body(data(put())).build().toByteArray();

    assertThat(receiver.decodeBody(Messages.SELF, new byte[0])).isNull();
    assertThat(receiver.decodeBody(Messages.SELF, new byte[9])).isNull();
    assertThat(receiver.decodeBody(Messages.SELF, groups)).isNull();
    assertThat(receiver.decodeBody(Messages.SELF, body)).isNotNull();
    for (int length = 0; length < body.length; length++) {
      assertThat(receiver.decodeBody(Messages.SELF, Arrays.copyOf(body, length))).isNull();
    }
  }

  /** The body that holds a message of this kind. */
  private static Wire.Body.Builder bodyOf(Message.Builder message) {
    Wire.Body.Builder body = Wire.Body.newBuilder();
    return Wire.Body.getDescriptor().getFields().stream()
        .filter(field -> field.getMessageType().equals(message.getDescriptorForType()))
        .findFirst()
        .map(field -> body.setField(field, message.build()))
        .orElseThrow();
  }

  private static Wire.Heartbeat.Builder heartbeat() {
    return Wire.Heartbeat.newBuilder();
  }

  private static Wire.KeyVersion.Builder key() {
    return Wire.KeyVersion.newBuilder();
  }

  private static Wire.StateRequest.Builder request() {
    return Wire.StateRequest.newBuilder().setRequest(1);
  }

  private static Wire.StateChunk.Builder chunk() {
    return Wire.StateChunk.newBuilder().setRequest(1).setNumber(1);
  }

  private static Wire.StateChunk.Builder first(Wire.Beginning.Builder beginning) {
    return Wire.StateChunk.newBuilder().setRequest(1).setBeginning(beginning);
  }

  private static Wire.Beyond.Builder beyond(Wire.Range... ranges) {
    return Wire.Beyond.newBuilder().addAllSequences(List.of(ranges));
  }

  private static Wire.Beginning.Builder beginning() {
    return Wire.Beginning.newBuilder();
  }

  private static Wire.Nak.Builder nak(Wire.Range... missing) {
    return Wire.Nak.newBuilder().addAllMissing(List.of(missing));
  }

  private static Wire.MissingFragments.Builder pieces(Wire.Range... missing) {
    return Wire.MissingFragments.newBuilder().setAssembly(1).addAllMissing(List.of(missing));
  }

  private static Wire.Range range(long first, long more) {
    return Wire.Range.newBuilder().setFirst(first).setMore(more).build();
  }

  private static Wire.Range[] ranges(int count) {
    return IntStream.range(0, count).mapToObj(i -> range(3L * i, 1)).toArray(Wire.Range[]::new);
  }

  private static Wire.Range[] emptyRanges(int count) {
    return Collections.nCopies(count, range(0, 0)).toArray(Wire.Range[]::new);
  }

  private static Wire.Fragment.Builder fragment(int index, int count, int total, int part) {
    return Wire.Fragment.newBuilder()
        .setAssembly(1)
        .setIndex(index)
        .setCount(count)
        .setTotalBytes(total)
        .setPart(ByteString.copyFrom(new byte[part]));
  }

  private static Wire.CacheChanges.Builder cache(Wire.Change.Builder change) {
    return Wire.CacheChanges.newBuilder().setCache(1).addChanges(change);
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
