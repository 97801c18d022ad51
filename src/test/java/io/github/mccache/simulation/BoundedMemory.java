package io.github.mccache.simulation;

import java.util.Map;

/** Everything that a member keeps is within its cap, and within the number of keys (S8). */
final class BoundedMemory implements Invariant {

  /** The bounds of the classes that own the buffers, as far as they do not depend on keys. */
  private static final Map<String, Long> CAPS =
      Map.of(
          "assemblies", 64L,
          "chunksKept", 8L * 96,
          "members", 1_024L,
          "outgoingBytes", 64L << 20,
          "pendingRepairs", 8_192L,
          "sessions", 8L,
          "streams", 2_048L + 512);

  /** Clears are sent as if they were keys, one for each cache. */
  private static final int CLEARS = 3;

  private final Simulation simulation;

  BoundedMemory(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atSample() {
    int keys = simulation.places().all().size();
    for (SimulatedMember member : simulation.running()) {
      check(member, "records", member.caches().records(), keys);
      check(member, "dirty keys", member.caches().dirtyKeys(), keys);
      check(member, "inbox", member.inboxSize(), simulation.scenario().inboxDatagrams());
      member
          .replica()
          .footprint()
          .forEach((what, size) -> check(member, what, size, cap(what, keys)));
      for (int cache = 0; cache < simulation.places().caches(); cache++) {
        int room = simulation.scenario().maximumEntries(cache);
        if (room > 0) {
          check(member, "entries", member.caches().entries(cache), room);
        }
      }
    }
  }

  private static long cap(String what, int keys) {
    return what.equals("keysSent") ? keys + CLEARS : CAPS.getOrDefault(what, Long.MAX_VALUE);
  }

  private void check(SimulatedMember member, String what, long size, long cap) {
    simulation.observations().size(what, size);
    if (size > cap) {
      throw violated("%s has %d %s, at most %d are allowed", member, size, what, cap);
    }
  }
}
