package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.opened;
import static io.github.mccache.wire.Datagrams.receiver;
import static io.github.mccache.wire.Datagrams.sender;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;

class FrameCodecRoundTripTest {

  @Provide
  Arbitrary<Tuple2<Integer, List<Message>>> conversations() {
    return Arbitraries.integers()
        .between(FrameCodec.MINIMUM_DATAGRAM_BYTES, 9000)
        .flatMap(
            maximum -> {
              FrameCodec codec = sender(maximum);
              return Messages.any(maximum - codec.dataOverhead(), codec)
                  .list()
                  .ofMaxSize(12)
                  .map(messages -> Tuple.of(maximum, messages));
            });
  }

  @Property(tries = 300)
  void encode_anyMessages_comeBackWithinTheMaximum(
      @ForAll("conversations") Tuple2<Integer, List<Message>> conversation) {
    int maximum = conversation.get1();
    List<Message> messages = conversation.get2();

    List<byte[]> datagrams = sender(maximum).encode(messages);

    List<Message> received = new ArrayList<>();
    long packetNumber = 0;
    for (byte[] datagram : datagrams) {
      assertThat(datagram).hasSizeLessThanOrEqualTo(maximum);
      Opened.Frame frame = opened(datagram);
      assertThat(frame.from()).isEqualTo(Messages.SELF);
      assertThat(frame.packetNumber()).isEqualTo(++packetNumber);
      assertThat(frame.skippedBodies()).isZero();
      received.addAll(frame.messages());
    }
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(messages));
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    return Messages.change().list().ofMinSize(1).ofMaxSize(30);
  }

  @Property(tries = 500)
  void sizeOf_anyChanges_isAnUpperBound(@ForAll("changes") List<Change> changes) {
    FrameCodec codec = sender(20_000);
    int bound = codec.dataOverhead() + changes.stream().mapToInt(codec::sizeOf).sum();

    List<byte[]> datagrams =
        codec.encode(List.of(new Message.Data(Long.MAX_VALUE, Long.MAX_VALUE, changes)));

    assertThat(datagrams).hasSize(1);
    assertThat(datagrams.get(0)).hasSizeLessThanOrEqualTo(bound);
  }

  @Test
  void sizeOf_changesOfOneCache_isExactButForTheCacheAndTheSequence() {
    FrameCodec codec = sender(1344);
    List<Change> changes = Collections.nCopies(8, put(100));
    int bound = codec.dataOverhead() + changes.stream().mapToInt(codec::sizeOf).sum();

    byte[] datagram = codec.encode(List.of(new Message.Data(1, 1, changes))).get(0);

    int cacheNamedAgain = 7 * 12;
    int shortSequence = 8;
    assertThat(datagram).hasSize(bound - cacheNamedAgain - shortSequence);
  }

  @Test
  void encode_dataFilledToTheByte_fits() {
    for (int maximum : new int[] {548, 1344, 1472, 16_000, 17_000, 65_507}) {
      FrameCodec codec = sender(maximum);
      int room = maximum - codec.dataOverhead() - codec.sizeOf(put(0));
      Change largest = put(room);
      while (codec.sizeOf(largest) > maximum - codec.dataOverhead()) {
        largest = put(--room);
      }

      byte[] datagram =
          codec
              .encode(List.of(new Message.Data(Long.MAX_VALUE, Long.MAX_VALUE, List.of(largest))))
              .get(0);

      assertThat(datagram).hasSizeBetween(maximum - 6, maximum);
      assertThat(((Message.Data) opened(datagram).messages().get(0)).changes())
          .containsExactly(largest);
    }
  }

  @Test
  void encode_dataThatIsTooLong_throwsWithBothSizes() {
    FrameCodec codec = sender(1344);
    Message tooLong = new Message.Data(1, 1, List.of(put(1344)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encode(List.of(new Message.Bye(), tooLong)))
        .withMessageMatching("Data of 1395 bytes: 1285 fit into a datagram of 1344; .*");
  }

  @Test
  void encode_manySmallMessages_shareOneDatagram() {
    List<Message> messages =
        List.of(
            new Message.Data(1, 1, List.of(put(100))),
            new Message.Data(2, 2, List.of(put(100))),
            new Message.Heartbeat("a", 2, 2, List.of()),
            new Message.Bye());

    List<byte[]> datagrams = sender(1344).encode(messages);

    assertThat(datagrams).hasSize(1);
    assertThat(opened(datagrams.get(0)).messages()).isEqualTo(messages);
  }

  @Test
  void encode_noMessages_makesNoDatagram() {
    assertThat(sender(1344).encode(List.of())).isEmpty();
  }

  @Test
  void encode_interleavedCaches_keepsTheOrderWithinEach() {
    Change first = Change.clear(1, new Version(1, 1));
    Change second = Change.clear(2, new Version(2, 1));
    Change third = Change.clear(1, new Version(3, 1));
    Message data = new Message.Data(1, 3, List.of(first, second, third));

    Message received = opened(sender(1344).encode(List.of(data)).get(0)).messages().get(0);

    assertThat(((Message.Data) received).changes()).containsExactly(first, third, second);
  }

  @Test
  void encode_helloOfAThousandCaches_isSpreadAndAsksForOneAnswer() {
    List<Message.CacheDescription> caches =
        IntStream.range(0, 1000)
            .mapToObj(i -> "cache number " + i)
            .map(name -> new Message.CacheDescription(CacheId.of(name), name, "replicate"))
            .toList();
    Message hello = new Message.Hello("host:1", caches, true);

    List<Message> received = received(sender(548), hello);

    assertThat(received).hasSizeGreaterThan(50);
    assertThat(Messages.meaning(received)).containsExactly(hello);
    assertThat(received.stream().filter(part -> ((Message.Hello) part).answerWanted())).hasSize(1);
  }

  @Test
  void encode_heartbeatOfAThousandFloors_isSpread() {
    List<Message.ClearFloor> floors =
        IntStream.range(0, 1000)
            .mapToObj(i -> new Message.ClearFloor(i, new Version(i, i)))
            .toList();
    Message heartbeat = new Message.Heartbeat("host:1", 5, 6, floors);

    List<Message> received = received(sender(548), heartbeat);

    assertThat(received).hasSizeGreaterThan(50);
    assertThat(Messages.meaning(received)).containsExactly(heartbeat);
  }

  @Test
  void encode_namesThatAreTooLong_areCutBetweenCharacters() {
    String longName = "x".repeat(10) + "€".repeat(30_000);
    Message.CacheDescription plain = new Message.CacheDescription(1, "plain", "update");
    Message.CacheDescription absurd = new Message.CacheDescription(2, longName, longName);

    List<Message> received =
        received(
            sender(548),
            new Message.Hello(longName, List.of(plain, absurd, plain), false),
            new Message.Heartbeat(
                longName, 1, 1, List.of(new Message.ClearFloor(1, Version.NONE))));

    Message.Hello hello = (Message.Hello) Messages.meaning(received).get(0);
    assertThat(hello.nodeName()).isEqualTo(longName.substring(0, 49));
    assertThat(hello.caches())
        .hasSize(3)
        .contains(plain, org.assertj.core.api.Assertions.atIndex(2));
    Message.CacheDescription cut = hello.caches().get(1);
    assertThat(cut.cache()).isEqualTo(2);
    assertThat(longName).startsWith(cut.name()).startsWith(cut.mode());
    assertThat(cut.name()).hasSizeGreaterThan(50);
    assertThat(received.get(received.size() - 1)).isInstanceOf(Message.Heartbeat.class);
  }

  @Test
  void open_bufferInUse_leavesItsPositionAndKeepsNothingOfIt() {
    Message data = new Message.Data(1, 1, List.of(put(50)));
    byte[] datagram = sender(1344).encode(List.of(data)).get(0);
    byte[] buffer = new byte[2000];
    System.arraycopy(datagram, 0, buffer, 100, datagram.length);
    ByteBuffer slice = ByteBuffer.wrap(buffer, 100, datagram.length);

    Opened opened = receiver().open(slice);
    Arrays.fill(buffer, (byte) 0x5A);

    assertThat(((Opened.Frame) opened).messages()).containsExactly(data);
    assertThat(slice.position()).isEqualTo(100);
    assertThat(slice.remaining()).isEqualTo(datagram.length);
  }

  @Test
  void open_directAndReadOnlyBuffers_areReadAlike() {
    Message data = new Message.Data(1, 1, List.of(put(50)));
    byte[] datagram = sender(1344).encode(List.of(data)).get(0);
    ByteBuffer direct = ByteBuffer.allocateDirect(datagram.length).put(datagram).flip();

    for (ByteBuffer buffer : List.of(direct, ByteBuffer.wrap(datagram).asReadOnlyBuffer())) {
      assertThat(((Opened.Frame) receiver().open(buffer)).messages()).containsExactly(data);
    }
  }

  @Test
  void open_longerThanTheOwnMaximum_isReadAllTheSame() {
    Message data = new Message.Data(1, 1, List.of(put(8000)));

    assertThat(opened(sender(9000).encode(List.of(data)).get(0)).messages()).containsExactly(data);
  }

  @Test
  void encode_fromSeveralThreads_usesNoPacketNumberTwice() throws Exception {
    FrameCodec codec = sender(1344);
    Callable<Set<Long>> task =
        () -> {
          Set<Long> numbers = new HashSet<>();
          for (int i = 0; i < 1000; i++) {
            byte[] datagram = codec.encode(List.of(new Message.Bye())).get(0);
            numbers.add(opened(datagram).packetNumber());
          }
          return numbers;
        };
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      Set<Long> all = new HashSet<>();
      for (var numbers : executor.invokeAll(Collections.nCopies(3, task))) {
        all.addAll(numbers.get());
      }
      assertThat(all).hasSize(3000);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void constructor_maximumOutOfRange_saysWhatIsPossible() {
    for (int maximum : new int[] {0, 547, 65_508}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sender(maximum))
          .withMessageContainingAll("" + maximum, "548", "65507");
    }
  }

  @Test
  void clusterTag_nameOrUriDiffers_differsAndIsStable() {
    long tag = FrameCodec.clusterTag("default", "urn:mccache:default");

    assertThat(tag).isEqualTo(0xf981bba754f9335bL);
    assertThat(FrameCodec.clusterTag("default", "file:/other")).isNotEqualTo(tag);
    assertThat(FrameCodec.clusterTag("defaultu", "rn:mccache:default")).isNotEqualTo(tag);
  }

  private static List<Message> received(FrameCodec codec, Message... messages) {
    List<Message> received = new ArrayList<>();
    for (byte[] datagram : codec.encode(List.of(messages))) {
      received.addAll(opened(datagram).messages());
    }
    return received;
  }

  private static Change put(int valueBytes) {
    return Change.put(
        CacheId.of("c"),
        new Version(1L << 60, Messages.SELF.origin()),
        new Payload(1, new byte[] {1}),
        new Payload(1, new byte[valueBytes]),
        Change.ETERNAL);
  }
}
