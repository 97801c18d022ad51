package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Records;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A cache of texts that keeps every version it ever heard of, under one lock. {@code null} stands
 * for a value that was removed.
 */
final class TestCache extends BareCache {

  private record Held(Version version, String value) {}

  private final MemberClock clock;
  private final Map<String, Held> entries = new TreeMap<>();
  private final Set<String> dirty = new LinkedHashSet<>();
  private Version clearFloor = Version.NONE;
  private Version opened = Version.NONE;
  private Node node;
  private long origin;
  private RuntimeException drainFailure;
  private RuntimeException applyFailure;
  private int applied;

  TestCache(String name, MemberClock clock) {
    super(name);
    this.clock = clock;
  }

  /** Attaches it to a node, which stamps and sends its writes from now on. */
  TestCache on(Node owner) {
    node = owner;
    origin = owner.origin();
    owner.attach(this, true);
    return this;
  }

  void put(String key, String value) {
    long token = node.uplink().enter();
    try {
      synchronized (this) {
        entries.put(key, new Held(new Version(clock.next(), node.origin()), value));
        dirty.add(key);
      }
    } finally {
      node.uplink().exit(token);
    }
    node.uplink().wake();
  }

  @Override
  public synchronized void startAnew(long next, long appliedUpTo) {
    if (next == origin) {
      return;
    }
    long former = origin;
    origin = next;
    Map<String, Held> before = new TreeMap<>(entries);
    entries.clear();
    before.forEach(
        (key, held) -> {
          if (held.version.origin() == former && held.version.time() > appliedUpTo) {
            entries.put(key, new Held(new Version(clock.next(), next), null));
            dirty.add(key);
          }
        });
  }

  void remove(String key) {
    put(key, null);
  }

  synchronized void clear() {
    clearFloor = new Version(clock.next(), node.origin());
    entries.clear();
  }

  synchronized String get(String key) {
    Held held = entries.get(key);
    return held == null ? null : held.value;
  }

  synchronized Map<String, String> contents() {
    Map<String, String> values = new TreeMap<>();
    entries.forEach(
        (key, held) -> {
          if (held.value != null) {
            values.put(key, held.value);
          }
        });
    return values;
  }

  synchronized int appliedCount() {
    return applied;
  }

  synchronized void failOnDrain(RuntimeException failure) {
    drainFailure = failure;
  }

  synchronized void failOnApply(RuntimeException failure) {
    applyFailure = failure;
  }

  /** For the words of a failure. */
  @Override
  public synchronized String toString() {
    return name() + " " + entries + ", trusted above " + opened + ", cleared at " + clearFloor;
  }

  @Override
  public synchronized Version clearFloor() {
    return clearFloor;
  }

  @Override
  public synchronized int drain(int maximumChanges, Predicate<Change> out) {
    if (drainFailure != null) {
      throw drainFailure;
    }
    int drained = 0;
    boolean wanted = true;
    while (wanted && drained < maximumChanges && !dirty.isEmpty()) {
      String key = dirty.iterator().next();
      dirty.remove(key);
      wanted = out.test(change(key, entries.get(key)));
      drained++;
    }
    return drained;
  }

  private Change change(String key, Held held) {
    return held.value == null
        ? Change.remove(id(), held.version, payload(key))
        : Change.put(id(), held.version, payload(key), payload(held.value), Change.ETERNAL);
  }

  @Override
  public synchronized ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path) {
    if (applyFailure != null) {
      throw applyFailure;
    }
    applied++;
    Version version = change.version();
    if (!clock.observe(version.time())) {
      return ApplyOutcome.AHEAD_OF_CLOCK;
    }
    if (change.kind() == Change.Kind.CLEAR) {
      clearFloor = ApplyRule.clearFloor(clearFloor, change);
      entries.values().removeIf(held -> !held.version.isAfter(clearFloor));
      return ApplyOutcome.APPLIED;
    }
    String key = text(change.key());
    Held held = entries.get(key);
    if (!version.isAfter(clearFloor) || (held != null && !version.isAfter(held.version))) {
      return ApplyOutcome.DROPPED;
    }
    if (held == null && path != ApplyRule.Path.WARM_UP && !version.isAfter(opened)) {
      return ApplyOutcome.STALE_HISTORY;
    }
    entries.put(key, new Held(version, change.value() == null ? null : text(change.value())));
    return ApplyOutcome.APPLIED;
  }

  @Override
  public synchronized Change current(Payload key) {
    Held held = entries.get(text(key));
    return held == null ? null : change(text(key), held);
  }

  @Override
  public synchronized Iterator<Change> records(Records.Wanted wanted) {
    List<Change> records = new ArrayList<>();
    entries.forEach((key, held) -> records.add(change(key, held)));
    records.replaceAll(
        change -> wanted.test(change.cache(), change.kind(), change.version()) ? change : null);
    return records.iterator();
  }

  @Override
  public synchronized Iterator<Change> entryVersions() {
    List<Change> versions = new ArrayList<>();
    entries.forEach(
        (key, held) -> {
          if (held.value != null) {
            versions.add(Change.invalidate(id(), held.version, payload(key)));
          }
        });
    return versions.iterator();
  }

  @Override
  public synchronized Version floor() {
    return opened;
  }

  @Override
  public synchronized void trustAbove(Version floor) {
    super.trustAbove(floor);
    opened = floor;
  }

  @Override
  public synchronized void distrust(Version upTo) {
    super.distrust(upTo);
    entries.values().removeIf(held -> !held.version.isAfter(upTo));
  }

  @Override
  public synchronized void refuse(Version upTo) {
    super.refuse(upTo);
    entries.values().removeIf(held -> !held.version.isAfter(upTo));
  }

  private static Payload payload(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }
}
