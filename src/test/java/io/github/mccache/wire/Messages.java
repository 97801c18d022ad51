package io.github.mccache.wire;

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

  static Arbitrary<Message> any(int dataBudget, FrameCodec codec) {
    return Arbitraries.oneOf(
        data(dataBudget, codec), heartbeat(), hello(), clockReject(), Arbitraries.just(bye()));
  }

  static Message bye() {
    return new Message.Bye();
  }

  /**
   * Data whose changes come to no more than a budget, in the way in which they are to be packed.
   */
  static Arbitrary<Message> data(int budget, FrameCodec codec) {
    return Combinators.combine(
            longs().filter(sequence -> sequence > 0), longs(), change().list().ofMaxSize(60))
        .as(
            (sequence, completeTime, changes) ->
                new Message.Data(sequence, completeTime, packed(changes, budget, codec)));
  }

  private static List<Change> packed(List<Change> changes, int budget, FrameCodec codec) {
    List<Change> packed = new ArrayList<>();
    int size = 0;
    for (Change change : changes) {
      size += codec.sizeOf(change);
      if (size > budget) {
        break;
      }
      packed.add(change);
    }
    return packed.isEmpty() ? List.of(Change.clear(1, new Version(1, 1))) : packed;
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
    return Combinators.combine(longs(), origins).as(Version::new);
  }

  private static Arbitrary<Payload> payload(int maximumBytes) {
    Arbitrary<Integer> codecs =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 20), Arbitraries.integers().greaterOrEqual(0));
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(maximumBytes);
    return Combinators.combine(codecs, bytes).as(Payload::new);
  }

  static Arbitrary<Message> heartbeat() {
    Arbitrary<Message.ClearFloor> floor =
        Combinators.combine(anyLong(), version()).as(Message.ClearFloor::new);
    return Combinators.combine(text(40), longs(), longs(), floor.list().ofMaxSize(100))
        .as(Message.Heartbeat::new);
  }

  static Arbitrary<Message> hello() {
    Arbitrary<Message.CacheDescription> cache =
        Combinators.combine(
                anyLong(), text(60), Arbitraries.of("invalidate", "update", "replicate"))
            .as(Message.CacheDescription::new);
    return Combinators.combine(text(40), cache.list().ofMaxSize(40), Arbitraries.of(true, false))
        .as(Message.Hello::new);
  }

  static Arbitrary<Message> clockReject() {
    return Combinators.combine(anyLong(), longs(), longs()).as(Message.ClockReject::new);
  }

  private static Arbitrary<Long> anyLong() {
    return Arbitraries.longs();
  }

  /** Zero and above, with the limits of hybrid time among them. */
  private static Arbitrary<Long> longs() {
    return Arbitraries.oneOf(
        Arbitraries.longs().greaterOrEqual(0),
        Arbitraries.of(0L, 1L, HybridTime.ofMillis(HybridTime.MAX_MILLIS), Long.MAX_VALUE));
  }

  private static Arbitrary<String> text(int maximumLength) {
    return Arbitraries.strings().withCharRange(' ', '\uD7FF').ofMaxLength(maximumLength);
  }

  /**
   * Returns what the messages say whether or not they travelled: the changes of a cache are put
   * together in Data, and neighbours that differ in their lists only become one.
   */
  static List<Message> meaning(List<Message> messages) {
    List<Message> meaning = new ArrayList<>();
    for (Message message : messages) {
      Message previous = meaning.isEmpty() ? bye() : meaning.get(meaning.size() - 1);
      if (message instanceof Message.Data data) {
        meaning.add(
            new Message.Data(data.sequence(), data.completeTime(), byCache(data.changes())));
      } else if (message instanceof Message.Heartbeat next
          && previous instanceof Message.Heartbeat last
          && last.nodeName().equals(next.nodeName())
          && last.sequence() == next.sequence()
          && last.completeTime() == next.completeTime()) {
        meaning.set(
            meaning.size() - 1,
            new Message.Heartbeat(
                next.nodeName(),
                next.sequence(),
                next.completeTime(),
                joined(last.clearFloors(), next.clearFloors())));
      } else if (message instanceof Message.Hello next
          && previous instanceof Message.Hello last
          && last.nodeName().equals(next.nodeName())
          && !last.answerWanted()) {
        meaning.set(
            meaning.size() - 1,
            new Message.Hello(
                next.nodeName(), joined(last.caches(), next.caches()), next.answerWanted()));
      } else {
        meaning.add(message);
      }
    }
    return meaning;
  }

  private static List<Change> byCache(List<Change> changes) {
    Map<Long, List<Change>> groups = new LinkedHashMap<>();
    for (Change change : changes) {
      groups.computeIfAbsent(change.cache(), cache -> new ArrayList<>()).add(change);
    }
    return groups.values().stream().flatMap(List::stream).toList();
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> joined = new ArrayList<>(first);
    joined.addAll(second);
    return joined;
  }
}
