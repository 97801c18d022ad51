package io.github.mccache.node;

import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.wire.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The live form of {@link NodeStatistics}. Thread-safe. */
final class NodeCounters {

  final LongAdder datagramsSent = new LongAdder();
  final LongAdder datagramsToOne = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder datagramsReceived = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder inboxDrops = new LongAdder();
  final LongAdder answersWithheld = new LongAdder();
  final LongAdder bodiesSkipped = new LongAdder();
  final LongAdder changesSent = new LongAdder();
  final LongAdder changesReceived = new LongAdder();
  final LongAdder unknownCaches = new LongAdder();
  private final ByKind<Refusal> refused = new ByKind<>(Refusal.class);
  private final ByKind<ApplyOutcome> applied = new ByKind<>(ApplyOutcome.class);

  void refused(Refusal reason) {
    refused.increment(reason);
  }

  void applied(ApplyOutcome outcome) {
    applied.increment(outcome);
  }

  Map<Refusal, Long> refused() {
    return refused.snapshot();
  }

  Map<ApplyOutcome, Long> applied() {
    return applied.snapshot();
  }

  /** One counter for each constant of an enum. */
  private static final class ByKind<E extends Enum<E>> {

    private final Class<E> kinds;
    private final EnumMap<E, LongAdder> adders; // complete, and not changed any more

    ByKind(Class<E> kinds) {
      this.kinds = kinds;
      this.adders = new EnumMap<>(kinds);
      for (E kind : kinds.getEnumConstants()) {
        adders.put(kind, new LongAdder());
      }
    }

    void increment(E kind) {
      Objects.requireNonNull(adders.get(kind)).increment();
    }

    Map<E, Long> snapshot() {
      Map<E, Long> counts = new EnumMap<>(kinds);
      adders.forEach((kind, adder) -> counts.put(kind, adder.sum()));
      return counts;
    }
  }
}
