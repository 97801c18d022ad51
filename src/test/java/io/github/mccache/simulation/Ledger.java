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

  /** Those whose version another operation has as well: of two processes that are the same. */
  private final Map<Version, List<Operation>> doubles = new HashMap<>();

  void record(Operation operation) {
    Version version = operation.version();
    Operation before =
        byVersion
            .computeIfAbsent(version.origin(), ignored -> new HashMap<>())
            .putIfAbsent(version.time(), operation);
    if (before != null) {
      doubles.computeIfAbsent(version, ignored -> new ArrayList<>()).add(operation);
    }
    all.add(operation);
  }

  /** Returns what was written at this version, null if nothing was. */
  @Nullable Operation write(Version version) {
    Map<Long, Operation> byTime = byVersion.get(version.origin());
    return byTime == null ? null : byTime.get(version.time());
  }

  /** Returns what was written to this key at this version, null if nothing was. */
  @Nullable Operation write(Version version, Place place) {
    for (Operation write : writes(version)) {
      if (write.place() == place) {
        return write;
      }
    }
    return null;
  }

  /** Returns what wrote the value that is to be seen of a key, null if nothing did. */
  @Nullable Operation write(Visible visible, Place place) {
    for (Operation write : writes(visible.version())) {
      if (write.place() == place && visible.value().equals(write.value())) {
        return write;
      }
    }
    return null;
  }

  /** Returns everything that was written at this version: more than one only by copies. */
  List<Operation> writes(Version version) {
    Operation first = write(version);
    List<Operation> writes = new ArrayList<>(first == null ? List.of() : List.of(first));
    writes.addAll(doubles.getOrDefault(version, List.of()));
    return writes;
  }

  /** Returns everything in the order of time. */
  List<Operation> all() {
    return all;
  }
}
