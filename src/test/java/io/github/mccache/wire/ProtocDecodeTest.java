package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.opened;
import static io.github.mccache.wire.Datagrams.sender;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Our datagrams as the rest of the world reads them. {@code datagram.hex} is what {@code xxd -p}
 * prints, {@code datagram.txt} what {@code xxd -r -p datagram.hex | protoc
 * --decode=mccache.Datagram proto/mccache.proto} does. When either must change, members of the
 * version before can no longer be relied on to read us: think of them first.
 */
class ProtocDecodeTest {

  private static final Version OWN = version(0, Messages.SELF.origin());
  private static final Version FOREIGN = version(1, 0xaabbccddeeff0011L);

  private static final List<Message.Applied> APPLIED =
      List.of(new Message.Applied(FOREIGN.origin(), 12, FOREIGN.time()));

  private static final int APPLICATION = FrameCodec.applicationTag("shop 1.0");

  private static final List<Message> GOLDEN =
      List.of(
          new Message.Hello(
              "host:4711",
              List.of(new Message.CacheDescription(CacheId.of("prices"), "prices", "replicate")),
              true),
          new Message.Data(
              3,
              FOREIGN.time(),
              List.of(
                  Change.put(
                      CacheId.of("prices"), OWN, text("apple"), text("1.20"), Change.ETERNAL),
                  Change.fill(CacheId.of("prices"), FOREIGN, text("pear"), text("0.90"), 60_000),
                  Change.remove(CacheId.of("prices"), OWN, text("plum")),
                  Change.invalidate(CacheId.of("prices"), OWN, text("")),
                  Change.clear(CacheId.of("stock"), OWN))),
          new Message.Heartbeat(
              "host:4711",
              3,
              FOREIGN.time(),
              OWN.time(),
              true,
              List.of(
                  new Message.ClearFloor(CacheId.of("stock"), OWN),
                  new Message.ClearFloor(CacheId.of("prices"), FOREIGN)),
              APPLIED,
              FOREIGN,
              new Message.Feedback(12, 345)),
          new Message.ClockReject(FOREIGN.origin(), FOREIGN.time(), OWN.time()),
          new Message.Nak(
              FOREIGN.origin(),
              FOREIGN.origin(),
              List.of(new Message.Range(4, 4), new Message.Range(7, 11)),
              2,
              List.of()),
          new Message.Nak(
              FOREIGN.origin(),
              FOREIGN.origin(),
              List.of(),
              1,
              List.of(new Message.MissingFragments(5, List.of(new Message.Range(0, 2))))),
          new Message.Repair(
              FOREIGN.origin(),
              OWN.origin(),
              List.of(new Message.Range(1, 2)),
              List.of(new Message.Range(3, 3)),
              List.of(Change.remove(CacheId.of("prices"), OWN, text("plum"))),
              true),
          new Message.Ack(APPLIED),
          new Message.StateRequest(
              FOREIGN.origin(),
              9,
              4,
              true,
              List.of(CacheId.of("prices"), CacheId.of("stock")),
              APPLIED,
              true),
          new Message.StateChunk(
              FOREIGN.origin(),
              9,
              0,
              true,
              List.of(
                  Change.put(
                      CacheId.of("prices"), OWN, text("apple"), text("1.20"), Change.ETERNAL)),
              new Message.Beginning(
                  true,
                  FOREIGN.time(),
                  OWN,
                  FOREIGN,
                  APPLIED,
                  List.of(new Message.ClearFloor(CacheId.of("stock"), OWN)))),
          new Message.StateChunk(FOREIGN.origin(), 9, 1, false, List.of(), null),
          new Message.StaleHistory(
              FOREIGN.origin(),
              List.of(Change.invalidate(CacheId.of("prices"), FOREIGN, text("pear")))),
          new Message.Scrub(
              CacheId.of("prices"),
              List.of(
                  new Message.KeyVersion(text("apple"), OWN),
                  new Message.KeyVersion(text("pear"), FOREIGN))),
          new Message.Pull(FOREIGN.origin(), CacheId.of("prices"), List.of(text("apple"))),
          new Message.Fragment(5, 1, 3, 10, 0, "efgh".getBytes(StandardCharsets.US_ASCII)),
          new Message.Bye(3, FOREIGN.time()));

  @Test
  void encode_goldenMessages_givesTheGoldenBytes() throws Exception {
    FrameCodec codec = new FrameCodec(Datagrams.CLUSTER, Messages.SELF, 1344, APPLICATION);

    List<byte[]> datagrams = codec.encode(GOLDEN);

    assertThat(datagrams).hasSize(1);
    assertThat(HexFormat.of().formatHex(datagrams.get(0)))
        .isEqualTo(HexFormat.of().formatHex(goldenDatagram()));
  }

  @Test
  void open_goldenBytes_givesTheGoldenMessages() throws Exception {
    FrameCodec codec = new FrameCodec(Datagrams.CLUSTER, Datagrams.OTHER, 1344, APPLICATION);

    Opened.Frame frame = (Opened.Frame) codec.open(ByteBuffer.wrap(goldenDatagram()));

    assertThat(frame.from()).isEqualTo(Messages.SELF);
    assertThat(frame.packetNumber()).isEqualTo(1);
    assertThat(frame.sameApplication()).isTrue();
    assertThat(frame.skippedBodies()).isZero();
    assertThat(Messages.meaning(frame.messages())).isEqualTo(Messages.meaning(GOLDEN));
  }

  /** What a member said that could not do more than tell its changes. */
  @Test
  void open_datagramOfAMemberWithoutRepair_isReadAsItWasMeant() throws Exception {
    Opened.Frame frame = opened(bytes("datagram-without-repair.hex"));

    assertThat(frame.messages())
        .isEqualTo(
            List.of(
                GOLDEN.get(0),
                GOLDEN.get(1),
                Messages.heartbeat(
                    "host:4711",
                    3,
                    FOREIGN.time(),
                    List.of(
                        new Message.ClearFloor(CacheId.of("stock"), OWN),
                        new Message.ClearFloor(CacheId.of("prices"), FOREIGN))),
                GOLDEN.get(3),
                Messages.bye()));
    assertThat(frame.skippedBodies()).isZero();
  }

  @Test
  void decode_goldenBytes_givesTheGoldenText() throws Exception {
    assertThat(Protoc.find().decode(goldenDatagram())).isEqualTo(resource("datagram.txt"));
  }

  @Provide
  Arbitrary<List<Message>> conversations() {
    return Messages.any()
        .list()
        .ofMaxSize(6)
        .map(messages -> Messages.fitting(messages, sender(1344)))
        .withoutEdgeCases();
  }

  @Property(tries = 25)
  void decode_anyDatagram_isReadByProtocAsByOurselves(
      @ForAll("conversations") List<Message> messages) throws Exception {
    Protoc protoc = Protoc.find();
    for (byte[] datagram : sender(1344).encode(messages)) {
      Wire.Datagram.Builder read = Wire.Datagram.newBuilder();
      TextFormat.merge(protoc.decode(datagram), read); // fails on a field without a name

      assertThat(read.build()).isEqualTo(Wire.Datagram.parseFrom(datagram));
      assertThat(Messages.meaning(opened(read.build().toByteArray()).messages()))
          .isEqualTo(Messages.meaning(opened(datagram).messages()));
    }
  }

  private static Version version(int counter, long origin) {
    return new Version(HybridTime.ofMillis(1_700_000_000_000L) + counter, origin);
  }

  private static Payload text(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] goldenDatagram() throws IOException {
    return bytes("datagram.hex");
  }

  private static byte[] bytes(String name) throws IOException {
    return HexFormat.of().parseHex(resource(name).replace("\n", ""));
  }

  private static String resource(String name) throws IOException {
    try (InputStream input = ProtocDecodeTest.class.getResourceAsStream(name)) {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
