package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import java.util.HashMap;
import java.util.Map;

/**
 * A member serves nothing older than what it was told, and nothing at or below a version at which
 * the key was a miss (S2, S3).
 */
final class VersionsOnlyGoUp implements Invariant {

  private record Key(SimulatedMember member, Place place) {}

  private final Simulation simulation;
  private final Map<Key, Version> recorded = new HashMap<>();
  private final Map<Key, Version> missed = new HashMap<>();

  VersionsOnlyGoUp(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    for (Place place : simulation.places()) {
      checkRecord(new Key(member, place));
      checkVisible(new Key(member, place));
    }
  }

  private void checkRecord(Key key) {
    SimulatedStore.Recorded record = key.member.store().record(key.place);
    if (record == null) {
      return;
    }
    Version before = recorded.getOrDefault(key, Version.NONE);
    if (before.isAfter(record.version())) {
      throw violated("%s went from %s to %s", key, before, record.version());
    }
    recorded.put(key, record.version());
    if (record.held() != Held.ENTRY) {
      missed.put(key, record.version());
    }
  }

  private void checkVisible(Key key) {
    SimulatedStore.Visible visible = key.member.store().read(key.place);
    if (visible == null) {
      return;
    }
    Version told = key.member.knowledge().told(key.place);
    if (told.isAfter(visible.version())) {
      throw violated("%s serves %s, was told %s", key, visible.version(), told);
    }
    Version miss = missed.getOrDefault(key, Version.NONE);
    if (!visible.version().isAfter(miss)) {
      throw violated("%s serves %s, was a miss at %s", key, visible.version(), miss);
    }
  }
}
