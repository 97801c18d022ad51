package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that was ever written, by all members: what an invariant compares a store with. */
final class Ledger {

  /** By origin and time, whose hash codes spread. */
  private final Map<Long, Map<Long, Operation>> byVersion = new HashMap<>();

  private final List<Operation> all = new ArrayList<>();

  void record(Operation operation) {
    byVersion
        .computeIfAbsent(operation.version().origin(), ignored -> new HashMap<>())
        .put(operation.version().time(), operation);
    all.add(operation);
  }

  /** Returns what was written at this version, null if nothing was. */
  @Nullable Operation write(Version version) {
    Map<Long, Operation> byTime = byVersion.get(version.origin());
    return byTime == null ? null : byTime.get(version.time());
  }

  /** Returns everything in the order of time. */
  List<Operation> all() {
    return all;
  }
}
