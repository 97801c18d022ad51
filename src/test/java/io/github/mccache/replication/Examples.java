package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

  /** Has a replica receive a message, whose changes are all applied; returns all effects. */
  static Effects receive(
      Replica replica, NodeId from, boolean sameApplication, Message message, long nowNanos) {
    Effects step = replica.onMessage(from, sameApplication, message, nowNanos);
    return and(step, applied(replica, step, ApplyOutcome.APPLIED, nowNanos));
  }

  /** As {@link #receive}, where each change has the same outcome. */
  static Effects receive(
      Replica replica, NodeId from, Message message, ApplyOutcome outcome, long nowNanos) {
    Effects step = replica.onMessage(from, true, message, nowNanos);
    return and(step, applied(replica, step, outcome, nowNanos));
  }

  /** Returns what follows from the outcome of one change. */
  static Effects applied(Replica replica, Application change, ApplyOutcome outcome, long nowNanos) {
    Effects step = new Effects(List.of(), List.of(change), List.of(), List.of());
    return replica.onApplied(step, List.of(outcome), nowNanos);
  }

  private static Effects applied(
      Replica replica, Effects step, ApplyOutcome outcome, long nowNanos) {
    return step.apply().isEmpty()
        ? Effects.NONE
        : replica.onApplied(step, Collections.nCopies(step.apply().size(), outcome), nowNanos);
  }

  private static Effects and(Effects first, Effects then) {
    if (then.equals(Effects.NONE)) {
      return first;
    }
    return new Effects(
        both(first.send(), then.send()),
        first.apply(),
        both(first.instructions(), then.instructions()),
        both(first.notices(), then.notices()));
  }

  private static <T> List<T> both(List<T> first, List<T> then) {
    List<T> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }
}
