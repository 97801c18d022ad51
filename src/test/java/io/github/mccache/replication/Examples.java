package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Values that the tests of this package talk about. */
final class Examples {

  static final long CACHE = 7;
  static final NodeId SELF = new NodeId(1, 1);
  static final NodeId ALICE = new NodeId(2, 2);
  static final NodeId BOB = new NodeId(3, 3);

  private Examples() {}

  static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  static Payload payload(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  static Version version(long millis, long origin) {
    return new Version(HybridTime.ofMillis(millis), origin);
  }

  static Change put(String key, String value, long millis) {
    return Change.put(
        CACHE, version(millis, ALICE.origin()), payload(key), payload(value), Change.ETERNAL);
  }

  static Message.ClearFloor floor(long cache, long millis) {
    return new Message.ClearFloor(cache, version(millis, ALICE.origin()));
  }

  static Change remove(String key, long millis) {
    return Change.remove(CACHE, version(millis, ALICE.origin()), payload(key));
  }

  static Change invalidate(String key, long millis) {
    return Change.invalidate(CACHE, version(millis, ALICE.origin()), payload(key));
  }

  static Message.Range range(long first, long last) {
    return new Message.Range(first, last);
  }

  /** Asks the owner of a stream for a part of it. */
  static Message.Nak nak(NodeId owner, int round, Message.Range... missing) {
    return new Message.Nak(owner.origin(), owner.origin(), List.of(missing), round, List.of());
  }

  /** The heartbeat of a member that has joined, with a clock that it does not tell. */
  static Message.Heartbeat heartbeat(long sequence, long completeTime, Message.Applied... applied) {
    return new Message.Heartbeat(
        "alice",
        sequence,
        completeTime,
        0,
        true,
        List.of(),
        List.of(applied),
        Version.NONE,
        Message.Feedback.GOOD);
  }

  /** Messages of up to 1,200 bytes travel whole, longer ones in pieces of up to 1,000. */
  static ReplicaOptions options(int dataBudgetBytes) {
    return ReplicaOptions.of(dataBudgetBytes, Examples::sizeOf, new ExampleBodies(), 1_200, 1_000);
  }

  static <M extends Message> List<M> sent(Effects effects, Class<M> type) {
    return effects.send().stream()
        .map(Outgoing::message)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  static <M extends Message> List<M> sent(EffectsCollector effects, Class<M> type) {
    return sent(effects.effects(), type);
  }

  /** Ten bytes for a key and value of no length. */
  static int sizeOf(Change change) {
    Payload key = change.key();
    Payload value = change.value();
    return 10 + (key == null ? 0 : key.bytes().length) + (value == null ? 0 : value.bytes().length);
  }
}
