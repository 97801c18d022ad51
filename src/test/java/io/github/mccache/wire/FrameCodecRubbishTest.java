package io.github.mccache.wire;

import static io.github.mccache.wire.Datagrams.CLUSTER;
import static io.github.mccache.wire.Datagrams.OTHER;
import static io.github.mccache.wire.Datagrams.open;
import static io.github.mccache.wire.Datagrams.sender;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What arrives on an open port: counted by reason, and never more than that. Seeded. */
class FrameCodecRubbishTest {

  private static final int TRIES = 6_000;
  private static final int PREFIX_BYTES = 56;

  private final Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
  private int opened;

  @Test
  void open_randomBytes_areNotOursOrTooShort() {
    offer(1, (random, valid) -> randomBytes(random, random.nextInt(2000)));

    assertThat(refused).containsOnlyKeys(Refusal.TOO_SHORT, Refusal.NOT_OURS);
    assertThat(opened).isZero();
  }

  @Test
  void open_randomBytesBehindAGoodPrefix_areRefused() {
    offer(2, (random, valid) -> overwritten(valid, randomBytes(random, 1400), PREFIX_BYTES));

    assertThat(refused).containsOnlyKeys(Refusal.SEALED, Refusal.MALFORMED);
    assertThat(opened).isZero();
  }

  @Test
  void open_randomBytesWithinAFrame_areRefusedOrSayNothing() {
    offer(3, (random, valid) -> overwritten(valid, randomBytes(random, 1400), PREFIX_BYTES + 3));

    assertThat(refused).containsKey(Refusal.MALFORMED);
  }

  @Test
  void open_someBytesChanged_isReadOrRefused() {
    offer(
        4,
        (random, valid) -> {
          byte[] changed = valid.clone();
          for (int i = random.nextInt(4); i >= 0; i--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
          }
          return changed;
        });

    assertThat(refused)
        .containsKeys(
            Refusal.NOT_OURS,
            Refusal.OTHER_VERSION,
            Refusal.OTHER_CLUSTER,
            Refusal.SEALED,
            Refusal.MALFORMED,
            Refusal.INVALID);
    assertThat(opened).isPositive();
  }

  @Test
  void open_oneBitChangedBehindThePrefix_isReadOrMalformedOrInvalid() {
    offer(
        5,
        (random, valid) -> {
          byte[] changed = valid.clone();
          int at = PREFIX_BYTES + random.nextInt(changed.length - PREFIX_BYTES);
          changed[at] ^= (byte) (1 << random.nextInt(8));
          return changed;
        });

    assertThat(refused).containsOnlyKeys(Refusal.MALFORMED, Refusal.INVALID);
    assertThat(opened).isPositive();
  }

  @Test
  void open_truncated_isRefused() {
    offer(6, (random, valid) -> Arrays.copyOf(valid, random.nextInt(valid.length)));

    assertThat(refused).containsOnlyKeys(Refusal.TOO_SHORT, Refusal.MALFORMED);
    assertThat(opened).isZero();
  }

  @Test
  void open_lengthened_isMalformedOrTooLarge() {
    offer(
        7,
        (random, valid) -> {
          byte[] tail =
              randomBytes(random, 1 + random.nextInt(random.nextInt(50) == 0 ? 70_000 : 900));
          byte[] all = Arrays.copyOf(valid, valid.length + tail.length);
          System.arraycopy(tail, 0, all, valid.length, tail.length);
          return all;
        });

    assertThat(refused).containsOnlyKeys(Refusal.TOO_LARGE, Refusal.MALFORMED);
    assertThat(opened).isZero();
  }

  @Test
  void open_twoSpliced_isReadOrRefused() {
    List<byte[]> corpus = corpus(new Random(80));
    offer(
        8,
        (random, valid) -> {
          byte[] other = corpus.get(random.nextInt(corpus.size()));
          int from = random.nextInt(other.length);
          return overwritten(
              valid, Arrays.copyOfRange(other, from, other.length), random.nextInt(valid.length));
        });

    assertThat(refused).containsKeys(Refusal.MALFORMED, Refusal.INVALID);
  }

  @Test
  void decodeBody_rubbish_isReadOrNothing() {
    Random random = new Random(9);
    FrameCodec codec = sender(1344);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      messages.add(new Message.Data(1, 1, changes(random)));
      messages.addAll(repair(random));
      messages.addAll(state(random));
    }
    messages.removeIf(Message.Fragment.class::isInstance);
    List<byte[]> bodies = messages.stream().map(codec::encodeBody).toList();
    int nothing = 0;
    for (int i = 0; i < TRIES; i++) {
      byte[] body = bodies.get(random.nextInt(bodies.size())).clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(body, random.nextInt(body.length)) : body;

      Message read = codec.decodeBody(OTHER, cut);

      if (read == null) {
        nothing++;
      } else {
        Message again = codec.decodeBody(OTHER, otherCodec().encodeBody(read));
        assertThat(Messages.meaning(List.of(again))).isEqualTo(Messages.meaning(List.of(read)));
      }
    }
    assertThat(nothing).isBetween(TRIES / 10, TRIES * 9 / 10);
  }

  private static FrameCodec otherCodec() {
    return new FrameCodec(CLUSTER, OTHER, 1344, 0);
  }

  @Test
  void open_otherProtocols_areNotOurs() {
    String dnsQuestion = "\0\1\1\0\0\1\0\0\0\0\0\0\7mccache\6github\2io\0\0\1\0\1";
    for (String text :
        List.of(
            "M-SEARCH * HTTP/1.1\r\n"
                + "HOST: 239.255.255.250:1900\r\n"
                + "MAN: \"ssdp:discover\"\r\n"
                + "MX: 1\r\n\r\n",
            "GET / HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "User-Agent: something-on-the-wrong-port/1.0\r\n\r\n",
            "<34>1 2026-11-22T22:14:15.003Z host app - - - a line of syslog that is long enough",
            "{\"type\":\"heartbeat\",\"from\":\"somebody else's cluster\",\"members\":[1,2,3,4,5]}",
            dnsQuestion + dnsQuestion + dnsQuestion)) {
      assertThat(open(text.getBytes(StandardCharsets.ISO_8859_1)))
          .isEqualTo(new Opened.Refused(Refusal.NOT_OURS));
    }
  }

  /** Opens what is made of valid datagrams, and holds what was read against the rules. */
  private void offer(int seed, BiFunction<Random, byte[], byte[]> made) {
    Random random = new Random(seed);
    List<byte[]> corpus = corpus(random);
    for (int i = 0; i < TRIES; i++) {
      byte[] datagram = made.apply(random, corpus.get(random.nextInt(corpus.size())));
      Opened result = open(datagram);
      if (result instanceof Opened.Refused refusal) {
        refused.merge(refusal.reason(), 1, Integer::sum);
      } else {
        opened++;
        requireSound((Opened.Frame) result);
      }
    }
  }

  /** What was read can be said again, and means the same. */
  private static void requireSound(Opened.Frame frame) {
    FrameCodec codec = new FrameCodec(CLUSTER, frame.from(), FrameCodec.MAXIMUM_DATAGRAM_BYTES, 0);
    List<Message> again = new ArrayList<>();
    for (byte[] datagram : codec.encode(frame.messages())) {
      again.addAll(((Opened.Frame) open(datagram)).messages());
    }
    if (!Messages.meaning(again).equals(Messages.meaning(frame.messages()))) {
      throw new AssertionError(frame.messages() + " became " + again);
    }
  }

  private static List<byte[]> corpus(Random random) {
    FrameCodec codec = sender(1344);
    List<byte[]> corpus = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      List<Message> messages = new ArrayList<>();
      messages.add(new Message.Data(1 + random.nextInt(1000), time(random), changes(random)));
      messages.add(
          new Message.Heartbeat(
              "host:" + i,
              i,
              time(random),
              time(random),
              true,
              List.of(new Message.ClearFloor(1, version(random))),
              applied(random),
              version(random),
              new Message.Feedback(random.nextInt(1001), random.nextInt(1001))));
      messages.add(
          new Message.Hello(
              "host:" + i,
              List.of(new Message.CacheDescription(CacheId.of("c"), "c", "replicate")),
              random.nextBoolean()));
      messages.add(new Message.ClockReject(random.nextLong(), time(random), time(random)));
      messages.add(new Message.Bye(i, time(random)));
      Collections.shuffle(messages, random);
      messages.addAll(repair(random));
      messages.addAll(state(random));
      corpus.addAll(codec.encode(messages));
    }
    return corpus;
  }

  private static List<Message> repair(Random random) {
    List<Message.MissingFragments> fragments =
        List.of(new Message.MissingFragments(1 + random.nextInt(9), ranges(random)));
    List<Message> messages = new ArrayList<>();
    messages.add(
        new Message.Nak(random.nextLong(), random.nextLong(), ranges(random), 3, List.of()));
    messages.add(new Message.Nak(random.nextLong(), 1, List.of(), random.nextInt(8), fragments));
    messages.add(
        new Message.Repair(
            1, random.nextLong(), ranges(random), ranges(random), changes(random), true));
    messages.add(new Message.Ack(applied(random)));
    messages.add(Messages.fragment(1 + random.nextInt(9), random.nextInt(5), 5, 400));
    messages.add(
        new Message.StaleHistory(
            random.nextLong(), List.of(Change.invalidate(1, version(random), key(random)))));
    Collections.shuffle(messages, random);
    return messages;
  }

  private static List<Message> state(Random random) {
    Message.Beginning beginning =
        new Message.Beginning(
            random.nextBoolean(),
            time(random),
            version(random),
            version(random),
            applied(random),
            List.of(new Message.ClearFloor(1, version(random))));
    List<Message> messages = new ArrayList<>();
    messages.add(
        new Message.StateRequest(
            1, 1, random.nextInt(9), random.nextBoolean(), List.of(1L, 2L), applied(random), true));
    messages.add(new Message.StateChunk(1, 2, 0, false, changes(random), beginning));
    messages.add(new Message.StateChunk(1, 2, 1, true, changes(random), null));
    messages.add(
        new Message.Scrub(1, List.of(new Message.KeyVersion(key(random), version(random)))));
    messages.add(new Message.Pull(1, random.nextLong(), List.of(key(random), key(random))));
    messages.add(
        new Message.Touch(
            1, List.of(new Message.Touched(key(random), version(random), time(random)))));
    Collections.shuffle(messages, random);
    return messages;
  }

  private static List<Message.Applied> applied(Random random) {
    return List.of(
        new Message.Applied(random.nextLong(), random.nextInt(9), time(random)),
        new Message.Applied(random.nextLong(), time(random), time(random)));
  }

  private static List<Message.Range> ranges(Random random) {
    int first = random.nextInt(50);
    return List.of(
        new Message.Range(first, first), new Message.Range(100, 100 + random.nextInt(500)));
  }

  private static Payload key(Random random) {
    return new Payload(random.nextInt(9), randomBytes(random, random.nextInt(20)));
  }

  private static List<Change> changes(Random random) {
    List<Change> changes = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      long cache = random.nextInt(2);
      Payload key = new Payload(random.nextInt(9), randomBytes(random, random.nextInt(20)));
      Payload value = new Payload(random.nextInt(9), randomBytes(random, random.nextInt(100)));
      changes.add(Change.put(cache, version(random), key, value, random.nextInt(100_000)));
      changes.add(Change.remove(cache, version(random), key));
      changes.add(Change.clear(cache, version(random)));
    }
    return changes;
  }

  private static Version version(Random random) {
    return new Version(time(random), random.nextLong());
  }

  private static long time(Random random) {
    return random.nextLong() >>> 1;
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] overwritten(byte[] datagram, byte[] with, int from) {
    ByteBuffer buffer = ByteBuffer.wrap(datagram.clone());
    buffer.position(from);
    buffer.put(with, 0, Math.min(with.length, buffer.remaining()));
    return buffer.array();
  }
}
