package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.open;
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
              List.of(
                  new Message.ClearFloor(CacheId.of("stock"), OWN),
                  new Message.ClearFloor(CacheId.of("prices"), FOREIGN))),
          new Message.ClockReject(FOREIGN.origin(), FOREIGN.time(), OWN.time()),
          new Message.Bye());

  @Test
  void encode_goldenMessages_givesTheGoldenBytes() throws Exception {
    List<byte[]> datagrams = sender(1344).encode(GOLDEN);

    assertThat(datagrams).hasSize(1);
    assertThat(HexFormat.of().formatHex(datagrams.get(0)))
        .isEqualTo(HexFormat.of().formatHex(goldenDatagram()));
  }

  @Test
  void open_goldenBytes_givesTheGoldenMessages() throws Exception {
    assertThat(open(goldenDatagram())).isEqualTo(new Opened.Frame(Messages.SELF, 1, GOLDEN, 0));
  }

  @Test
  void decode_goldenBytes_givesTheGoldenText() throws Exception {
    assertThat(Protoc.find().decode(goldenDatagram())).isEqualTo(resource("datagram.txt"));
  }

  @Provide
  Arbitrary<List<Message>> conversations() {
    FrameCodec codec = sender(1344);
    return Messages.any(1344 - codec.dataOverhead(), codec).list().ofMinSize(1).ofMaxSize(4);
  }

  @Property(tries = 25)
  void decode_anyDatagram_isReadByProtocAsByOurselves(
      @ForAll("conversations") List<Message> messages) throws Exception {
    Protoc protoc = Protoc.find();
    for (byte[] datagram : sender(1344).encode(messages)) {
      Wire.Datagram.Builder read = Wire.Datagram.newBuilder();
      TextFormat.merge(protoc.decode(datagram), read); // fails on a field without a name

      assertThat(read.build()).isEqualTo(Wire.Datagram.parseFrom(datagram));
      assertThat(opened(read.build().toByteArray())).isEqualTo(opened(datagram));
    }
  }

  private static Version version(int counter, long origin) {
    return new Version(HybridTime.ofMillis(1_700_000_000_000L) + counter, origin);
  }

  private static Payload text(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] goldenDatagram() throws IOException {
    return HexFormat.of().parseHex(resource("datagram.hex").replace("\n", ""));
  }

  private static String resource(String name) throws IOException {
    try (InputStream input = ProtocDecodeTest.class.getResourceAsStream(name)) {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
