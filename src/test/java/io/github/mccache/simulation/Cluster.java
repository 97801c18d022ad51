package io.github.mccache.simulation;

import io.github.mccache.protocol.NodeId;
import java.util.random.RandomGenerator;

/** What the members of a simulation are made of. */
interface Cluster {

  /** Members that are as they should be, on the plainest store that is. */
  Cluster SOUND = of(ModelStore::new);

  /** Members with the store of production. */
  Cluster PRODUCTION = of(ProductionStore::new);

  SimulatedMember member(
      Simulation simulation,
      String name,
      NodeId id,
      long clockOffsetMillis,
      boolean founder,
      RandomGenerator random);

  /** Returns sound members with these stores. */
  static Cluster of(SimulatedStore.Factory stores) {
    return (simulation, name, id, clockOffsetMillis, founder, random) ->
        new SimulatedMember(simulation, name, id, clockOffsetMillis, founder, stores, random);
  }
}
