package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.opened;
import static io.github.mccache.wire.Datagrams.receiver;
import static io.github.mccache.wire.Datagrams.sender;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.proto.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;

class FrameCodecRoundTripTest {

  @Provide
  Arbitrary<Tuple2<Integer, List<Message>>> conversations() {
    return Combinators.combine(
            Arbitraries.integers().between(FrameCodec.MINIMUM_DATAGRAM_BYTES, 9000),
            Messages.any().list().ofMaxSize(12))
        .as((maximum, messages) -> Tuple.of(maximum, Messages.fitting(messages, sender(maximum))))
        .withoutEdgeCases();
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
        codec.encode(List.of(new Message.Data(Long.MAX_VALUE, Long.MAX_VALUE, changes, true)));

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
    int noAckWanted = 2;
    assertThat(datagram).hasSize(bound - cacheNamedAgain - shortSequence - noAckWanted);
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
              .encode(
                  List.of(new Message.Data(Long.MAX_VALUE, Long.MAX_VALUE, List.of(largest), true)))
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
        .isThrownBy(() -> codec.encode(List.of(Messages.bye(), tooLong)))
        .withMessageMatching("Data of 1395 bytes: 1285 fit into a datagram of 1344; .*");
  }

  @Test
  void encode_manySmallMessages_shareOneDatagram() {
    List<Message> messages =
        List.of(
            new Message.Data(1, 1, List.of(put(100))),
            new Message.Data(2, 2, List.of(put(100))),
            Messages.heartbeat("a", 2, 2, List.of()),
            Messages.bye());

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
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(List.of(hello)));
    assertThat(received.stream().filter(part -> ((Message.Hello) part).answerWanted())).hasSize(1);
  }

  @Test
  void encode_heartbeatOfAThousandFloors_isSpread() {
    List<Message.ClearFloor> floors =
        IntStream.range(0, 1000)
            .mapToObj(i -> new Message.ClearFloor(i, new Version(i, i)))
            .toList();
    Message heartbeat = Messages.heartbeat("host:1", 5, 6, floors);

    List<Message> received = received(sender(548), heartbeat);

    assertThat(received).hasSizeGreaterThan(50);
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(List.of(heartbeat)));
  }

  @Test
  void encode_heartbeatOfAThousandMembers_isSpreadAndEachPartSaysTheRest() {
    Message.Heartbeat heartbeat =
        new Message.Heartbeat(
            "host:1",
            5,
            6,
            7,
            true,
            List.of(new Message.ClearFloor(1, new Version(1, 1))),
            applied(1000),
            new Version(8, 9),
            new Message.Feedback(10, 11));

    List<Message> received = received(sender(1344), heartbeat);

    assertThat(received).hasSizeBetween(20, 30);
    assertThat(only(Message.Heartbeat.class, received))
        .allMatch(Message.Heartbeat::joined)
        .allMatch(part -> part.collected().equals(heartbeat.collected()))
        .allMatch(part -> part.feedback().equals(heartbeat.feedback()));
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(List.of(heartbeat)));
  }

  @Test
  void encode_ackOfAThousandMembers_isSpread() {
    Message ack = new Message.Ack(applied(1000));

    List<Message> received = received(sender(1344), ack);

    assertThat(received).hasSizeBetween(20, 30);
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(List.of(ack)));
  }

  @Test
  void encode_nakOfAsManyRangesAsThereMayBe_isSpread() {
    List<Message.Range> ranges =
        IntStream.range(0, Message.Nak.MAX_RANGES)
            .mapToObj(i -> Long.MAX_VALUE - 1000 + 10L * i)
            .map(first -> new Message.Range(first, first + 5))
            .toList();
    List<Message.MissingFragments> fragments =
        IntStream.rangeClosed(1, Message.Nak.MAX_RANGES)
            .mapToObj(assembly -> new Message.MissingFragments(assembly, ranges))
            .toList();
    Message sequences = new Message.Nak(1, 2, ranges, 7, List.of());
    Message pieces = new Message.Nak(1, 2, List.of(), 0, fragments);

    List<Message> received = received(sender(548), sequences, pieces);

    assertThat(received).hasSizeBetween(100, 200);
    assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(List.of(sequences, pieces)));
  }

  @Test
  void encode_othersThatAreTooLong_throw() {
    FrameCodec codec = sender(548);
    List<Change> changes = List.of(put(600));
    Payload key = new Payload(1, new byte[600]);
    for (Message tooLong :
        List.of(
            new Message.Data(1, 1, changes),
            new Message.Repair(1, 2, List.of(), List.of(), changes, false),
            new Message.StateChunk(1, 1, 1, true, changes, null),
            new Message.StateRequest(1, 1, 0, true, List.of(), applied(100), false),
            new Message.StateRequest(
                1, 1, 0, false, Collections.nCopies(100, 1L), List.of(), false),
            new Message.StaleHistory(1, List.of(Change.invalidate(1, new Version(1, 1), key))),
            new Message.Scrub(1, List.of(new Message.KeyVersion(key, new Version(1, 1)))),
            new Message.Pull(1, 2, List.of(key)),
            new Message.Touch(1, List.of(new Message.Touched(key, new Version(1, 1), 1))),
            Messages.fragment(1, 0, 2, 1200))) {
      assertThat(codec.sizeOf(tooLong)).isGreaterThan(codec.frameCapacity());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> codec.encode(List.of(tooLong)))
          .withMessageContaining(tooLong.getClass().getSimpleName());
    }
  }

  @Provide
  Arbitrary<Message> messages() {
    return Messages.any();
  }

  @Property(tries = 1000)
  void sizeOf_anyMessage_isAnUpperBound(@ForAll("messages") Message message) {
    FrameCodec codec = sender(FrameCodec.MAXIMUM_DATAGRAM_BYTES);
    int empty = FrameCodec.MAXIMUM_DATAGRAM_BYTES - codec.frameCapacity();

    List<byte[]> datagrams = codec.encode(List.of(message));

    assertThat(datagrams).hasSize(1);
    assertThat(datagrams.get(0)).hasSizeLessThanOrEqualTo(empty + codec.sizeOf(message));
  }

  @Property(tries = 300)
  void sizeOf_messageOfJustTheCapacity_fitsIntoOneDatagram(@ForAll("messages") Message message) {
    int maximum = FrameCodec.MINIMUM_DATAGRAM_BYTES;
    FrameCodec codec = sender(maximum);
    while (codec.sizeOf(message) > codec.frameCapacity()) {
      codec = sender(++maximum);
    }

    List<byte[]> datagrams = codec.encode(List.of(message));

    assertThat(datagrams).hasSize(1);
    assertThat(datagrams.get(0)).hasSizeLessThanOrEqualTo(maximum);
  }

  @Test
  void sizeOf_whatALongListIsMadeOf_isNearlyExact() {
    FrameCodec codec = sender(FrameCodec.MAXIMUM_DATAGRAM_BYTES);
    int empty = FrameCodec.MAXIMUM_DATAGRAM_BYTES - codec.frameCapacity();
    Payload key = new Payload(1, new byte[200]);
    Message.KeyVersion held = new Message.KeyVersion(key, new Version(1, 1));
    for (Message message :
        List.of(
            new Message.Ack(applied(100)),
            new Message.Heartbeat(
                "host:1",
                1,
                1,
                1,
                true,
                Collections.nCopies(100, new Message.ClearFloor(1, new Version(1, 2))),
                applied(100),
                new Version(1, 1),
                new Message.Feedback(1000, 1000)),
            new Message.StateRequest(
                1, 1, 1, true, Collections.nCopies(100, 1L), applied(100), true),
            new Message.Scrub(1, Collections.nCopies(100, held)),
            new Message.Pull(1, 1, Collections.nCopies(100, key)),
            new Message.Touch(
                1, Collections.nCopies(100, new Message.Touched(key, new Version(1, 1), 60_000))),
            Messages.fragment(1, 0, 2, 2000))) {
      int length = codec.encode(List.of(message)).get(0).length;

      assertThat(codec.sizeOf(message) + empty).isBetween(length, length + length / 50 + 8);
    }
  }

  @Test
  void sizeOf_moreThanAnIntCanSay_isTheMaximum() {
    byte[] megabytes = new byte[32 << 20];
    Change change =
        Change.put(1, new Version(1, 1), new Payload(1, megabytes), new Payload(1, megabytes), 1);
    Message data = new Message.Data(1, 1, Collections.nCopies(40, change));
    FrameCodec codec = sender(1344);

    assertThat(codec.sizeOf(data)).isEqualTo(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeBody(data))
        .withMessageContaining("Data");
  }

  @Test
  void fragmentBytes_partOfThatSize_fitsAndOneMoreDoesNot() {
    for (int maximum : new int[] {548, 1344, 1472, 9000, 16_400, 65_507}) {
      for (int tag : new int[] {0, 1}) {
        FrameCodec codec = new FrameCodec(Datagrams.CLUSTER, Messages.SELF, maximum, tag);
        Message.Fragment longest = longestFragment(codec.fragmentBytes());
        Message tooLong = longestFragment(codec.fragmentBytes() + 1);

        List<byte[]> datagrams = codec.encode(List.of(longest));

        assertThat(datagrams).hasSize(1);
        assertThat(datagrams.get(0)).hasSizeBetween(maximum - 2, maximum);
        assertThat(Messages.meaning(opened(datagrams.get(0)).messages()))
            .isEqualTo(Messages.meaning(List.of(longest)));
        assertThat(codec.sizeOf(longest)).isLessThanOrEqualTo(codec.frameCapacity());
        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(List.of(tooLong)));
      }
    }
  }

  /** A whole part of as long a body as there can be, with the highest numbers. */
  private static Message.Fragment longestFragment(int part) {
    int count = Integer.MAX_VALUE / part;
    Message.Fragment fragment = Messages.fragment(Long.MAX_VALUE, count - 1, count, count * part);
    assertThat(fragment.part()).hasSize(part);
    return fragment;
  }

  @Property(tries = 500)
  void decodeBody_anyMessage_comesBackWhole(@ForAll("messages") Message any) {
    Message message = message(any);

    byte[] body = sender(548).encodeBody(message);

    Message decoded = receiver().decodeBody(Messages.SELF, body);
    assertThat(decoded).isNotNull();
    assertThat(Messages.meaning(List.of(decoded))).isEqualTo(Messages.meaning(List.of(message)));
  }

  /** A fragment does not travel in fragments: another message for it. */
  private static Message message(Message any) {
    return any instanceof Message.Fragment ? Messages.bye() : any;
  }

  @Test
  void decodeBody_cutIntoFragmentsAndPutTogether_isTheSame() {
    FrameCodec codec = sender(548);
    Message data = new Message.Data(1, 1, List.of(put(100_000)), true);
    byte[] body = codec.encodeBody(data);
    int count = (body.length + codec.fragmentBytes() - 1) / codec.fragmentBytes();
    int usual = Message.Fragment.partLength(count, body.length);
    List<Message> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] part = Arrays.copyOfRange(body, i * usual, Math.min(body.length, (i + 1) * usual));
      pieces.add(new Message.Fragment(3, i, count, body.length, 7, part));
    }

    List<byte[]> datagrams = codec.encode(pieces);

    assertThat(datagrams).hasSize(count);
    ByteBuffer together = ByteBuffer.allocate(body.length);
    for (byte[] datagram : datagrams) {
      together.put(((Message.Fragment) opened(datagram).messages().get(0)).part());
    }
    assertThat(receiver().decodeBody(Messages.SELF, together.array())).isEqualTo(data);
  }

  @Test
  void decodeBody_longerThanTheLimitsOfProtobufStreams_isRead() {
    int length = 70 << 20;
    byte[] body = sender(1344).encodeBody(new Message.Data(1, 1, List.of(put(length))));

    Message decoded = receiver().decodeBody(Messages.SELF, body);

    assertThat(((Message.Data) decoded).changes().get(0).value().bytes()).hasSize(length);
  }

  @Test
  void encodeBody_fragment_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sender(548).encodeBody(Messages.fragment(1, 0, 2, 9)));
  }

  @Test
  void open_sameApplicationOrAnother_isTold() {
    int first = FrameCodec.applicationTag("shop 1.0");
    int second = FrameCodec.applicationTag("shop 1.1");
    for (int ours : new int[] {0, first, second}) {
      FrameCodec receiver = new FrameCodec(Datagrams.CLUSTER, Datagrams.OTHER, 1344, ours);
      for (int theirs : new int[] {0, first, second}) {
        FrameCodec sender = new FrameCodec(Datagrams.CLUSTER, Messages.SELF, 1344, theirs);
        List<Message> twoDatagrams =
            List.of(
                new Message.Data(1, 1, List.of(put(1000))),
                new Message.Data(2, 2, List.of(put(1000))));

        List<byte[]> datagrams = sender.encode(twoDatagrams);

        assertThat(datagrams).hasSize(2);
        for (byte[] datagram : datagrams) {
          Opened.Frame frame = (Opened.Frame) receiver.open(ByteBuffer.wrap(datagram));
          assertThat(frame.sameApplication()).isEqualTo(ours == theirs);
          assertThat(frame.messages()).hasSize(1);
        }
      }
    }
  }

  @Test
  void encode_withAnApplication_staysWithinTheMaximum() {
    FrameCodec codec = new FrameCodec(Datagrams.CLUSTER, Messages.SELF, 548, -1);
    int room = 548 - codec.dataOverhead() - codec.sizeOf(put(200)) + 200;

    byte[] datagram =
        codec
            .encode(
                List.of(new Message.Data(Long.MAX_VALUE, Long.MAX_VALUE, List.of(put(room)), true)))
            .get(0);

    assertThat(datagram).hasSize(548);
    assertThat(codec.frameCapacity()).isEqualTo(sender(548).frameCapacity() - 5);
  }

  @Test
  void applicationTag_text_isItsHashInUtf8() {
    assertThat(FrameCodec.applicationTag("")).isZero();
    assertThat(FrameCodec.applicationTag("a")).isEqualTo(0xe40c292c);
    assertThat(FrameCodec.applicationTag("foobar")).isEqualTo(0xbf9cf968);
    assertThat(FrameCodec.applicationTag("é")).isNotEqualTo(FrameCodec.applicationTag("e"));
  }

  /** A label stands in log lines: it must not end one, nor turn what follows around. */
  @Test
  void open_labelsWithControlCharacters_showAQuestionMarkForEach() {
    String forged = "a\n12:00 ERROR b\r\t\u001b[31m\u2028c\u202ed\u0000e\u0085\ud83d\ude00é";
    byte[] datagram =
        Datagrams.datagram(
            Wire.Body.newBuilder()
                .setHello(
                    Wire.Hello.newBuilder()
                        .setNodeName(forged)
                        .addCaches(Wire.CacheDescription.newBuilder().setMode("update\n"))),
            Wire.Body.newBuilder().setHeartbeat(Wire.Heartbeat.newBuilder().setNodeName(forged)));

    List<Message> messages = opened(datagram).messages();

    Message.Hello hello = (Message.Hello) messages.get(0);
    assertThat(hello.nodeName()).isEqualTo("a?12:00 ERROR b???[31m?c?d?e?\ud83d\ude00é");
    assertThat(hello.caches().get(0).mode()).isEqualTo("update?");
    assertThat(((Message.Heartbeat) messages.get(1)).nodeName()).isEqualTo(hello.nodeName());
  }

  @Test
  void open_labelsOfAnotherImplementationThatAreLong_areCut() {
    String longName = "x" + "é".repeat(10_000);
    Wire.CacheDescription.Builder cache = Wire.CacheDescription.newBuilder().setMode(longName);
    byte[] datagram =
        Datagrams.datagram(
            Wire.Body.newBuilder()
                .setHello(Wire.Hello.newBuilder().setNodeName(longName).addCaches(cache)));

    Message.Hello hello = (Message.Hello) opened(datagram).messages().get(0);

    assertThat(hello.nodeName()).isEqualTo(longName.substring(0, 64));
    assertThat(hello.caches().get(0).mode()).isEqualTo(longName.substring(0, 64));
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
            Messages.heartbeat(longName, 1, 1, List.of(new Message.ClearFloor(1, Version.NONE))));

    List<Message.CacheDescription> caches = new ArrayList<>();
    for (Message.Hello hello : only(Message.Hello.class, received)) {
      assertThat(hello.nodeName()).isEqualTo(longName.substring(0, 49));
      caches.addAll(hello.caches());
    }
    assertThat(caches).hasSize(3).startsWith(plain).endsWith(plain);
    Message.CacheDescription cut = caches.get(1);
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
            byte[] datagram = codec.encode(List.of(Messages.bye())).get(0);
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

    assertThat(tag).isEqualTo(0x37a8eec1f981bba7L);
    assertThat(FrameCodec.clusterTag("default", "file:/other")).isNotEqualTo(tag);
    assertThat(FrameCodec.clusterTag("defaultu", "rn:mccache:default")).isNotEqualTo(tag);
  }

  @Test
  void open_otherClusterOfTheSameName_isRefusedAsKeptApart() {
    FrameCodec here = codecOf("shop", "urn:mccache:default");
    byte[] apart = codecOf("shop", "urn:green").encode(List.of(new Message.Bye(1, 1))).get(0);
    byte[] other =
        codecOf("ship", "urn:mccache:default").encode(List.of(new Message.Bye(1, 1))).get(0);

    assertThat(here.open(ByteBuffer.wrap(apart))).isEqualTo(new Opened.Refused(Refusal.KEPT_APART));
    assertThat(here.open(ByteBuffer.wrap(other)))
        .isEqualTo(new Opened.Refused(Refusal.OTHER_CLUSTER));
  }

  private static FrameCodec codecOf(String name, String uri) {
    NodeId self = new NodeId(name.length(), uri.length());
    return new FrameCodec(FrameCodec.clusterTag(name, uri), self, 1_344, 0);
  }

  @Test
  void labelOf_anyBytes_isALabelOrNull() {
    FrameCodec codec = codecOf("shop", "urn:green");
    Message hello = new Message.Hello("web-1", List.of(), false, 1, null);
    byte[] named = codec.encode(List.of(new Message.Bye(1, 1), hello)).get(0);
    byte[] nameless = codec.encode(List.of(new Message.Bye(1, 1))).get(0);

    assertThat(codec.labelOf(ByteBuffer.wrap(named))).isEqualTo("web-1");
    assertThat(codec.labelOf(ByteBuffer.wrap(nameless))).isNull();
    Random random = new Random(8);
    for (int i = 0; i < 10_000; i++) {
      byte[] broken = Arrays.copyOf(named, 58 + random.nextInt(named.length - 57));
      broken[56 + random.nextInt(broken.length - 56)] ^= (byte) (1 << random.nextInt(8));
      String label = codec.labelOf(ByteBuffer.wrap(broken));
      assertThat(label == null ? 0 : label.length()).isLessThanOrEqualTo(128);
    }
  }

  private static <M extends Message> List<M> only(Class<M> kind, List<Message> messages) {
    return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<Message> received(FrameCodec codec, Message... messages) {
    List<Message> received = new ArrayList<>();
    for (byte[] datagram : codec.encode(List.of(messages))) {
      received.addAll(opened(datagram).messages());
    }
    return received;
  }

  private static List<Message.Applied> applied(int origins) {
    return IntStream.range(0, origins)
        .mapToObj(i -> new Message.Applied(-i, Long.MAX_VALUE - i, i))
        .toList();
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
