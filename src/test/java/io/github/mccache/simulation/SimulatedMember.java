package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One member: what {@code node} is in production, without threads. */
class SimulatedMember {

  /** A load that has begun. */
  record BegunLoad(Place place, SimulatedStore.Load load, long begunAtStep) {}

  private final Simulation simulation;
  private final String name;
  private final NodeId id;
  private final long clockOffsetMillis;
  private final boolean founder;
  private final SimulatedStore store;
  private final Replica replica;
  private final Framing framing;
  private final Knowledge knowledge = new Knowledge();
  private final List<Notice> notices = new ArrayList<>();
  private final Map<Place, List<Application>> held = new HashMap<>();
  private boolean running;

  SimulatedMember(
      Simulation simulation,
      String name,
      NodeId id,
      long clockOffsetMillis,
      boolean founder,
      SimulatedStore.Factory stores,
      RandomGenerator random) {
    this.simulation = simulation;
    this.name = name;
    this.id = id;
    this.clockOffsetMillis = clockOffsetMillis;
    this.founder = founder;
    this.framing = new Framing(id);
    this.store = stores.create(id.origin(), simulation.modes(), this::nowMillis);
    this.replica =
        new Replica(
            id,
            name,
            ReplicaOptions.of(framing.dataBudgetBytes(), framing::sizeOf),
            random,
            simulation.nowNanos());
  }

  NodeId id() {
    return id;
  }

  SimulatedStore store() {
    return store;
  }

  Replica replica() {
    return replica;
  }

  Knowledge knowledge() {
    return knowledge;
  }

  List<Notice> notices() {
    return notices;
  }

  /** Whether it was there before the first write. */
  boolean isFounder() {
    return founder;
  }

  boolean isRunning() {
    return running;
  }

  long nowMillis() {
    return simulation.trueMillis() + clockOffsetMillis;
  }

  void start() {
    running = true;
    perform(replica.onStart(simulation.nowNanos()));
    List<CacheDescription> caches = new ArrayList<>();
    for (Map.Entry<Long, Mode> cache : simulation.modes().entrySet()) {
      caches.add(
          new CacheDescription(cache.getKey(), "cache" + cache.getKey(), cache.getValue().name()));
    }
    perform(replica.onCaches(caches, simulation.nowNanos()));
  }

  void leave() {
    drain();
    perform(replica.onStop());
    running = false;
  }

  /** Stops without a word. */
  void crash() {
    running = false;
  }

  void tick() {
    perform(replica.onTick(simulation.nowNanos()));
  }

  void receive(NodeId from, List<Message> messages) {
    for (Message message : messages) {
      perform(replica.onMessage(from, message, simulation.nowNanos()));
    }
  }

  /** Sends what became of the dirty keys. */
  void drain() {
    List<Change> changes = store.drain();
    perform(replica.onLocal(changes, store.completeTime(), simulation.nowNanos()));
  }

  void put(Place place, Payload value, long ttlMillis) {
    Version version = store.put(place, value, ttlMillis);
    did(Operation.put(place, version, value, ttlMillis));
  }

  /** Begins a step of a key: what others say of it is applied when the step ends. */
  void hold(Place place) {
    held.putIfAbsent(place, new ArrayList<>());
  }

  /** Ends such a step with a write. */
  void putHeld(Place place, Payload value, long ttlMillis) {
    List<Application> meanwhile = held.remove(place);
    if (meanwhile == null) {
      put(place, value, ttlMillis);
      return;
    }
    Version version =
        store.putWhile(place, value, ttlMillis, () -> meanwhile.forEach(this::applyToStore));
    did(Operation.put(place, version, value, ttlMillis));
    meanwhile.forEach(this::hear);
  }

  void remove(Place place) {
    did(Operation.miss(Operation.Kind.REMOVE, place, store.remove(place)));
  }

  void clear(long cache) {
    did(Operation.clear(cache, store.clear(cache)));
  }

  void evict(Place place) {
    Version version = store.evict(place);
    if (version != null) {
      did(Operation.miss(Operation.Kind.EVICT, place, version));
    }
  }

  BegunLoad beginLoad(Place place) {
    return new BegunLoad(place, store.beginLoad(place), simulation.step());
  }

  void finishLoad(BegunLoad begun, Payload value, long ttlMillis) {
    Version version = store.finishLoad(begun.load, value, ttlMillis);
    if (version != null) {
      did(Operation.load(begun.place, version, value, ttlMillis, begun.begunAtStep));
    }
  }

  /** Sends the record of a key once more, under a new number, as a repair would. */
  void repair(Place place) {
    Change change = store.repairOf(place);
    if (change != null) {
      perform(replica.onLocal(List.of(change), 0, simulation.nowNanos()));
    }
  }

  /** What is sent, for a planted bug to distort. */
  protected List<Message> spoken(List<Message> messages) {
    return messages;
  }

  private void did(Operation operation) {
    noteEvictions();
    simulation.onOperation(this, operation);
    knowledge.hear(operation, simulation.step());
  }

  /** What was evicted for want of room is expected no more. */
  private void noteEvictions() {
    store
        .takeEvictions()
        .forEach(
            (version, place) ->
                simulation.ledger().record(Operation.miss(Operation.Kind.EVICT, place, version)));
  }

  private void perform(Effects effects) {
    if (!effects.send().isEmpty()) {
      simulation.multicast(this, effects.send(), framing.frame(spoken(effects.send())));
    }
    for (Application application : effects.apply()) {
      apply(application);
    }
    notices.addAll(effects.notices());
  }

  private void apply(Application application) {
    Change change = application.change();
    List<Application> waiting =
        change.key() == null ? null : held.get(Place.of(change.cache(), change.key()));
    if (waiting != null) {
      waiting.add(application);
    } else {
      applyToStore(application);
      hear(application);
    }
  }

  private void applyToStore(Application application) {
    Change change = application.change();
    if (!store.apply(change, application.path())) {
      perform(replica.onClockAhead(change.version(), store.time(), simulation.nowNanos()));
    }
    noteEvictions();
  }

  private void hear(Application application) {
    if (!ApplyRule.isAheadOfClock(application.change().version(), nowMillis())) {
      knowledge.hear(application.change(), simulation.step());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
