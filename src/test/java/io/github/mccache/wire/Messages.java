package io.github.mccache.wire;

import com.google.protobuf.ByteString;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Messages of every kind, as chance has it, and what they have in common after a journey. */
final class Messages {

  static final NodeId SELF = new NodeId(0x0123456789abcdefL, 0xfedcba9876543210L);

  private Messages() {}

  /** Messages of any kind and length. The edges are among what {@link #longs} chooses from. */
  static Arbitrary<Message> any() {
    return Arbitraries.oneOf(
            data(),
            heartbeat(),
            hello(),
            Combinators.combine(longs(), longs()).as(Message.Bye::new),
            clockReject(),
            nak(),
            repair(),
            list(applied(), 60).map(Message.Ack::new),
            stateRequest(),
            stateChunk(),
            staleHistory(),
            scrub(),
            pull(),
            touch(),
            fragment())
        .withoutEdgeCases();
  }

  /** Returns those that fit into a datagram of a codec, or are spread over several by it. */
  static List<Message> fitting(List<Message> messages, FrameCodec codec) {
    return messages.stream()
        .filter(message -> isSpread(message) || codec.sizeOf(message) <= codec.frameCapacity())
        .toList();
  }

  private static boolean isSpread(Message message) {
    return message instanceof Message.Heartbeat
        || message instanceof Message.Hello
        || message instanceof Message.Nak
        || message instanceof Message.Ack;
  }

  static Message bye() {
    return new Message.Bye(0, 0);
  }

  static Message.Heartbeat heartbeat(
      String nodeName, long sequence, long completeTime, List<Message.ClearFloor> floors) {
    return new Message.Heartbeat(
        nodeName,
        sequence,
        completeTime,
        0,
        false,
        floors,
        List.of(),
        Version.NONE,
        Message.Feedback.GOOD);
  }

  static Arbitrary<Message> data() {
    return Combinators.combine(positive(), longs(), list(change(), 8), booleans())
        .as(Message.Data::new);
  }

  static Arbitrary<Change> change() {
    Arbitrary<Long> caches = Arbitraries.oneOf(Arbitraries.longs().between(1, 3), anyLong());
    return Combinators.combine(
            caches,
            Arbitraries.of(Change.Kind.class),
            version(),
            payload(40),
            payload(300),
            Arbitraries.oneOf(longs(), Arbitraries.just(Change.ETERNAL)))
        .as(Messages::change);
  }

  private static Change change(
      long cache, Change.Kind kind, Version version, Payload key, Payload value, long ttlMillis) {
    return switch (kind) {
      case PUT -> Change.put(cache, version, key, value, ttlMillis);
      case FILL -> Change.fill(cache, version, key, value, ttlMillis);
      case REMOVE -> new Change(cache, kind, version, key, null, ttlMillis);
      case INVALIDATE -> Change.invalidate(cache, version, key);
      case CLEAR -> Change.clear(cache, version);
      case REMOVE_ALL -> new Change(cache, kind, version, null, null, Change.ETERNAL);
    };
  }

  private static Arbitrary<Version> version() {
    Arbitrary<Long> origins = Arbitraries.oneOf(Arbitraries.just(SELF.origin()), anyLong());
    return Arbitraries.oneOf(
        Arbitraries.just(Version.NONE), Combinators.combine(longs(), origins).as(Version::new));
  }

  private static Arbitrary<Payload> payload(int maximumBytes) {
    Arbitrary<Integer> codecs =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 20), Arbitraries.integers().greaterOrEqual(0));
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(maximumBytes);
    return Combinators.combine(codecs, bytes).as(Payload::new);
  }

  static Arbitrary<Message> heartbeat() {
    Arbitrary<Integer> perMille = Arbitraries.integers().between(0, 1000);
    Arbitrary<Message.Feedback> feedback =
        Arbitraries.oneOf(
            Arbitraries.just(Message.Feedback.GOOD),
            Combinators.combine(perMille, perMille).as(Message.Feedback::new));
    return Combinators.combine(
            text(40),
            Combinators.combine(longs(), longs(), longs()).as(List::of),
            booleans(),
            list(clearFloor(), 60),
            list(applied(), 60),
            version(),
            feedback)
        .as(
            (name, numbers, joined, floors, applied, collected, told) ->
                new Message.Heartbeat(
                    name,
                    numbers.get(0),
                    numbers.get(1),
                    numbers.get(2),
                    joined,
                    floors,
                    applied,
                    collected,
                    told,
                    numbers.get(0) % 2 == 0));
  }

  private static Arbitrary<Message.ClearFloor> clearFloor() {
    return Combinators.combine(anyLong(), version()).as(Message.ClearFloor::new);
  }

  private static Arbitrary<Message.Applied> applied() {
    return Combinators.combine(anyLong(), longs(), longs(), longs())
        .as(
            (origin, one, complete, other) ->
                new Message.Applied(origin, Math.min(one, other), complete, Math.max(one, other)));
  }

  static Arbitrary<Message> hello() {
    Arbitrary<Message.CacheDescription> cache =
        Combinators.combine(
                anyLong(), text(60), Arbitraries.of("invalidate", "update", "replicate"))
            .as(Message.CacheDescription::new);
    Arbitrary<NodeId> former =
        Combinators.combine(anyLong(), anyLong())
            .as(NodeId::new)
            .filter(id -> id.high() != 0 || id.low() != 0)
            .injectNull(0.5);
    return Combinators.combine(text(40), list(cache, 40), booleans(), longs(), former)
        .as(Message.Hello::new);
  }

  static Arbitrary<Message> clockReject() {
    return Combinators.combine(anyLong(), longs(), longs()).as(Message.ClockReject::new);
  }

  private static Arbitrary<Message> nak() {
    Arbitrary<Integer> rounds = Arbitraries.integers().between(0, 7);
    Arbitrary<List<Message.MissingFragments>> fragments =
        Combinators.combine(positive(), ranges(1))
            .as(Message.MissingFragments::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(6);
    return Arbitraries.oneOf(
        Combinators.combine(anyLong(), anyLong(), ranges(1), rounds)
            .as((stream, asked, ranges, round) -> nak(stream, asked, ranges, round, List.of())),
        Combinators.combine(anyLong(), anyLong(), rounds, fragments)
            .as((stream, asked, round, pieces) -> nak(stream, asked, List.of(), round, pieces)));
  }

  private static Message nak(
      long stream,
      long asked,
      List<Message.Range> missing,
      int round,
      List<Message.MissingFragments> fragments) {
    return new Message.Nak(stream, asked, missing, round, fragments);
  }

  /** Ascending and apart, short and long, also up to the highest number. */
  private static Arbitrary<List<Message.Range>> ranges(int minimum) {
    return Arbitraries.oneOf(Arbitraries.longs().between(0, 50), longs())
        .set()
        .ofMinSize(2 * minimum)
        .ofMaxSize(16)
        .map(
            limits -> {
              List<Long> sorted = limits.stream().sorted().toList();
              List<Message.Range> ranges = new ArrayList<>();
              for (int i = 0; i + 1 < sorted.size(); i += 2) {
                ranges.add(new Message.Range(sorted.get(i), sorted.get(i + 1)));
              }
              return ranges;
            });
  }

  private static Arbitrary<Message> repair() {
    return Combinators.combine(
            anyLong(), anyLong(), ranges(0), ranges(0), list(change(), 6), booleans())
        .as(Message.Repair::new);
  }

  private static Arbitrary<Message> stateRequest() {
    return Combinators.combine(
            anyLong(),
            positive(),
            longs(),
            booleans(),
            list(anyLong(), 40),
            list(applied(), 30),
            booleans())
        .as(Message.StateRequest::new);
  }

  private static Arbitrary<Message.Beyond> beyond() {
    return Combinators.combine(anyLong(), ranges(0)).as(Message.Beyond::new);
  }

  private static Arbitrary<Message> stateChunk() {
    Arbitrary<Message.Beginning> beginning =
        Combinators.combine(
                booleans(),
                longs(),
                version(),
                version(),
                list(applied(), 10),
                list(clearFloor(), 10),
                list(beyond(), 3))
            .as(Message.Beginning::new);
    return Arbitraries.oneOf(
        Combinators.combine(anyLong(), positive(), positive(), booleans(), list(change(), 6))
            .as(
                (to, request, number, last, changes) ->
                    new Message.StateChunk(to, request, number, last, changes, null)),
        Combinators.combine(anyLong(), positive(), booleans(), list(change(), 4), beginning)
            .as(
                (to, request, last, changes, first) ->
                    new Message.StateChunk(to, request, 0, last, changes, first)));
  }

  private static Arbitrary<Message> staleHistory() {
    Arbitrary<Change> doubt =
        Combinators.combine(Arbitraries.longs().between(1, 3), version(), payload(40))
            .as(Change::invalidate);
    return Combinators.combine(anyLong(), list(doubt, 12)).as(Message.StaleHistory::new);
  }

  private static Arbitrary<Message> scrub() {
    Arbitrary<Message.KeyVersion> key =
        Combinators.combine(payload(40), version()).as(Message.KeyVersion::new);
    return Combinators.combine(anyLong(), list(key, 12)).as(Message.Scrub::new);
  }

  private static Arbitrary<Message> pull() {
    return Combinators.combine(anyLong(), anyLong(), list(payload(40), 12)).as(Message.Pull::new);
  }

  private static Arbitrary<Message> touch() {
    Arbitrary<Long> ttl = Arbitraries.oneOf(longs(), Arbitraries.just(Change.ETERNAL));
    Arbitrary<Message.Touched> entry =
        Combinators.combine(payload(40), version(), ttl).as(Message.Touched::new);
    return Combinators.combine(anyLong(), list(entry, 12)).as(Message.Touch::new);
  }

  private static Arbitrary<Message> fragment() {
    return Combinators.combine(
            positive(),
            Arbitraries.integers().between(2, Integer.MAX_VALUE),
            Arbitraries.integers().between(1, 400),
            Arbitraries.doubles().between(0, 1))
        .as(
            (assembly, anyTotal, part, where) -> {
              int total = Math.max(anyTotal, 2 * part);
              int count = (int) (((long) total + part - 1) / part);
              int index = (int) (where * (count - 1));
              return fragment(assembly, index, count, total);
            });
  }

  /** A piece that has the length that it must have, whichever it is. */
  static Message.Fragment fragment(long assembly, int index, int count, int totalBytes) {
    long usual = Message.Fragment.partLength(count, totalBytes);
    byte[] part = new byte[(int) Math.max(0, Math.min(usual, totalBytes - index * usual))];
    for (int i = 0; i < part.length; i++) {
      part[i] = (byte) (index + i);
    }
    return new Message.Fragment(assembly, index, count, totalBytes, assembly, part);
  }

  private static <T> Arbitrary<List<T>> list(Arbitrary<T> elements, int maximum) {
    return elements.list().ofMaxSize(maximum);
  }

  private static Arbitrary<Boolean> booleans() {
    return Arbitraries.of(true, false);
  }

  private static Arbitrary<Long> anyLong() {
    return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, SELF.origin()));
  }

  /** Zero and above, with the limits of hybrid time among them. */
  private static Arbitrary<Long> longs() {
    return Arbitraries.oneOf(
        Arbitraries.longs().greaterOrEqual(0),
        Arbitraries.of(0L, 1L, HybridTime.ofMillis(HybridTime.MAX_MILLIS), Long.MAX_VALUE));
  }

  private static Arbitrary<Long> positive() {
    return longs().map(value -> Math.max(1, value));
  }

  private static Arbitrary<String> text(int maximumLength) {
    return Arbitraries.strings()
        .withCharRange(' ', '\uD7FF')
        .ofMaxLength(maximumLength)
        .map(Label::printable);
  }

  /**
   * Returns what the messages say whether or not they travelled, as something that can be compared:
   * the changes of a cache are put together, and neighbours that differ in their lists only become
   * one.
   */
  static List<Object> meaning(List<Message> messages) {
    List<Meaning> meanings = new ArrayList<>();
    for (Message message : messages) {
      Meaning next = meaning(message);
      Meaning last = meanings.isEmpty() ? null : meanings.get(meanings.size() - 1);
      if (last != null && last.isContinuedBy(next)) {
        for (int i = 0; i < next.lists().size(); i++) {
          last.lists().get(i).addAll(next.lists().get(i));
        }
        meanings.set(meanings.size() - 1, new Meaning(next.rest(), last.lists(), next.isSpread()));
      } else {
        meanings.add(next);
      }
    }
    return List.copyOf(meanings);
  }

  /** What every part of a message says, and the lists that add up. */
  private record Meaning(Object rest, List<List<Object>> lists, boolean isSpread) {

    static Meaning spread(Object rest, List<?>... lists) {
      List<List<Object>> copies = new ArrayList<>();
      for (List<?> list : lists) {
        copies.add(new ArrayList<>(list));
      }
      return new Meaning(rest, copies, true);
    }

    static Meaning whole(Object rest) {
      return new Meaning(rest, List.of(), false);
    }

    boolean isContinuedBy(Meaning next) {
      return isSpread && next.isSpread && isSame(rest, next.rest);
    }

    /** Only the last hello of several wants an answer. */
    private static boolean isSame(Object rest, Object next) {
      return rest.equals(next)
          || (rest instanceof Message.Hello last
              && !last.answerWanted()
              && new Message.Hello(
                      last.nodeName(), List.of(), true, last.startedTime(), last.former())
                  .equals(next));
    }
  }

  private static Meaning meaning(Message message) {
    if (message instanceof Message.Heartbeat heartbeat) {
      return Meaning.spread(
          new Message.Heartbeat(
              heartbeat.nodeName(),
              heartbeat.sequence(),
              heartbeat.completeTime(),
              heartbeat.clockTime(),
              heartbeat.joined(),
              List.of(),
              List.of(),
              heartbeat.collected(),
              heartbeat.feedback(),
              heartbeat.answerWanted()),
          heartbeat.clearFloors(),
          heartbeat.applied());
    }
    if (message instanceof Message.Hello hello) {
      return Meaning.spread(
          new Message.Hello(
              hello.nodeName(),
              List.of(),
              hello.answerWanted(),
              hello.startedTime(),
              hello.former()),
          hello.caches());
    }
    if (message instanceof Message.Ack ack) {
      return Meaning.spread("ack", ack.applied());
    }
    if (message instanceof Message.Nak nak) {
      return Meaning.spread(
          List.of("nak", nak.stream(), nak.asked(), nak.round()),
          nak.missing(),
          nak.fragments().stream()
              .flatMap(each -> each.missing().stream().map(one -> List.of(each.assembly(), one)))
              .toList());
    }
    return Meaning.whole(whole(message));
  }

  private static Object whole(Message message) {
    if (message instanceof Message.Data data) {
      return new Message.Data(
          data.sequence(), data.completeTime(), byCache(data.changes()), data.ackWanted());
    }
    if (message instanceof Message.Repair repair) {
      return new Message.Repair(
          repair.to(),
          repair.stream(),
          repair.repaired(),
          repair.voided(),
          byCache(repair.changes()),
          repair.resync());
    }
    if (message instanceof Message.StateChunk chunk) {
      return new Message.StateChunk(
          chunk.to(),
          chunk.request(),
          chunk.number(),
          chunk.last(),
          byCache(chunk.changes()),
          chunk.beginning());
    }
    if (message instanceof Message.StaleHistory stale) {
      return new Message.StaleHistory(stale.to(), byCache(stale.doubted()));
    }
    if (message instanceof Message.Fragment fragment) {
      return List.of(
          fragment.assembly(),
          fragment.index(),
          fragment.count(),
          fragment.totalBytes(),
          ByteString.copyFrom(fragment.part()));
    }
    return message;
  }

  private static List<Change> byCache(List<Change> changes) {
    Map<Long, List<Change>> groups = new LinkedHashMap<>();
    for (Change change : changes) {
      groups.computeIfAbsent(change.cache(), cache -> new ArrayList<>()).add(change);
    }
    return groups.values().stream().flatMap(List::stream).toList();
  }
}
