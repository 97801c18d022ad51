package io.github.mccache.simulation;

import io.github.mccache.node.ApplyOutcome;
import io.github.mccache.node.ClusteredCache;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.MemberParts;
import io.github.mccache.node.Stability;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.BodyCodec;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Refusal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One member: what the event loop of {@code node} is in production, without a thread. */
final class SimulatedMember {

  /** After which silence a member is forgotten where that is soon. */
  static final Duration SOON = Duration.ofSeconds(20);

  private static final int DATAGRAMS_PER_ROUND = 256;

  /** What members of an earlier version skip. */
  private static final Set<Class<? extends Message>> IS_NEW =
      Set.of(Message.Scrub.class, Message.Pull.class, Message.Ack.class);

  private static final int MOST_AWAITED = 16;
  private static final long PATIENCE_NANOS = 2 * Scenario.SECOND;
  private static final long NEVER = Long.MAX_VALUE;

  /** A load that has begun. */
  record BegunLoad(Place place, CoherentStore.Load load, long begunAtStep) {}

  private final Simulation simulation;
  private final int slot;
  private final String name;
  private NodeId id;
  private final LocalTime time;
  private final MemberParts parts;
  private final MemberCaches caches;
  private final FrameCodec codec;
  private final Replica replica;
  private final RandomGenerator random;
  private final Knowledge knowledge;
  private final Deque<Datagram> inbox = new ArrayDeque<>();
  private final Map<Place, KeyHolder.Hold> held = new LinkedHashMap<>();

  /** From where each was heard last: of copies, whoever of them it was. */
  private final Map<Long, SimulatedMember> addresses = new HashMap<>();

  private final boolean isOfEarlierVersion;
  private final boolean isOfLaterVersion;
  private final Deque<Operation> awaited = new ArrayDeque<>();
  private final boolean[] isTouched;
  private Place[] touched = new Place[16];
  private int touchedCount;
  private boolean running;
  private boolean paused;
  private boolean cold;
  private final Map<Long, Version> lost = new HashMap<>();
  private boolean wakes;
  private boolean renewalDue;
  private @Nullable BooleanSupplier closing;
  private long nextRoundNanos = NEVER;
  private long startedNanos;
  private long inboxDrops;

  /**
   * Makes a member that has not started.
   *
   * @param slot the place in the network that it takes
   */
  SimulatedMember(
      Simulation simulation,
      int slot,
      String name,
      NodeId id,
      LocalTime time,
      RandomGenerator random) {
    this.simulation = simulation;
    this.slot = slot;
    this.name = name;
    this.id = id;
    this.time = time;
    this.random = random;
    Scenario scenario = simulation.scenario();
    int version = scenario.has(Ingredient.OTHER_VERSIONS) ? random.nextInt(3) : 1;
    this.isOfEarlierVersion = version == 0;
    this.isOfLaterVersion = version == 2;
    this.isTouched = new boolean[simulation.places().all().size()];
    this.parts =
        new MemberParts(
            id.origin(),
            () -> Instant.ofEpochMilli(time.wallMillis(simulation.nowNanos())),
            this::nanos,
            new KnownStability(),
            () -> wakes = true);
    this.caches =
        new MemberCaches(simulation.places(), parts, scenario::maximumEntries, this::touch);
    this.knowledge = new Knowledge(simulation.places());
    this.codec = new FrameCodec(Datagram.CLUSTER_TAG, id, scenario.datagramBytes(), 0);
    this.replica =
        new Replica(
            id,
            name,
            scenario.has(Ingredient.FORGETTING) ? forgetting(options()) : options(),
            parts.records(),
            random,
            nanos());
  }

  private ReplicaOptions options() {
    ReplicaOptions usual =
        ReplicaOptions.of(
            simulation.scenario().datagramBytes() - codec.dataOverhead(),
            codec::sizeOf,
            bodies(),
            codec.frameCapacity(),
            codec.fragmentBytes());
    return simulation.scenario().isSlow() ? usual.withInitialRate(Scenario.LOW_RATE) : usual;
  }

  private static ReplicaOptions forgetting(ReplicaOptions usual) {
    return new ReplicaOptions(
        usual.dataBudgetBytes(),
        usual.sizeOf(),
        usual.bodies(),
        usual.frameCapacity(),
        usual.fragmentBytes(),
        usual.maximumBodyBytes(),
        usual.scrubInterval(),
        usual.heartbeatInterval(),
        usual.suspectAfter(),
        usual.deadAfter(),
        SOON,
        usual.aloneAfter(),
        usual.maxMembers(),
        usual.maximumKeysSent(),
        usual.initialRate());
  }

  private BodyCodec bodies() {
    return new BodyCodec() {
      @Override
      public int sizeOf(Message message) {
        return codec.sizeOf(message);
      }

      @Override
      public byte[] encode(Message message) {
        return codec.encodeBody(message);
      }

      @Override
      public @Nullable Message decode(NodeId from, byte[] body) {
        Message message = codec.decodeBody(from, body);
        if (message != null) {
          simulation.invariants().onReceived(SimulatedMember.this, from, message);
        }
        return message;
      }
    };
  }

  // ---- what others ask ----

  NodeId id() {
    return id;
  }

  /** Returns the place in the network, which a member that comes back takes again. */
  int slot() {
    return slot;
  }

  Replica replica() {
    return replica;
  }

  Knowledge knowledge() {
    return knowledge;
  }

  MemberCaches caches() {
    return caches;
  }

  /** Returns the elapsed time of this member. */
  long nanos() {
    return time.nanos(simulation.nowNanos());
  }

  long nowMillis() {
    return parts.clock().millis();
  }

  /** Returns the virtual time since its start. */
  long ageNanos() {
    return simulation.nowNanos() - startedNanos;
  }

  /** Whether it has started and not ended; it may be paused. */
  boolean isRunning() {
    return running;
  }

  /** Whether it can do something now. */
  boolean isActive() {
    return running && !paused;
  }

  /**
   * Whether it has said that it had to drop what it held, or that nobody gave it anything; or was
   * given what such a one has left.
   */
  boolean isCold() {
    return cold;
  }

  /**
   * Whether it trusts nothing as old as that of a key that it does not have: it once let something
   * go that was newer, and then somebody came who may not have heard of that.
   */
  boolean hasLost(int cache, Version version) {
    return !version.isAfter(lost.getOrDefault(caches.id(cache), Version.NONE));
  }

  /** Whether it has begun to end, and says what it has no time for without its value. */
  boolean isClosing() {
    return closing != null;
  }

  int inboxSize() {
    return inbox.size();
  }

  /** Whether it will yet see a sign of life of a member that has ended. */
  boolean hasUnreadOfTheDead() {
    return inbox.stream().anyMatch(datagram -> !datagram.from().isRunning());
  }

  long inboxDrops() {
    return inboxDrops;
  }

  boolean holds(Place place) {
    return held.containsKey(place);
  }

  /** Whether any key is held. */
  boolean holdsAny() {
    return !held.isEmpty();
  }

  // ---- its life ----

  void start() {
    running = true;
    startedNanos = simulation.nowNanos();
    perform(replica.onStart(nanos()));
    announceCaches();
    planRound();
  }

  void leave() {
    send();
    perform(replica.onStop());
    running = false;
    releaseHeld(); // nobody hears of it
  }

  /** Begins to end, as a member does that still has something to send. */
  void close() {
    closing = parts.closing(replica, this::perform, this::nanos);
    wakeAt(simulation.nowNanos());
  }

  /** Goes on with that. */
  private void closeFurther(BooleanSupplier steps) {
    if (steps.getAsBoolean()) {
      perform(replica.onStop());
      running = false;
      releaseHeld();
      simulation.closed(this);
    } else {
      tick();
      wakeAt(simulation.nowNanos() + Scenario.MILLISECOND);
    }
  }

  /** Ends without a word. */
  void crash() {
    running = false;
    releaseHeld();
    inbox.clear();
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    if (running) {
      wakeAt(simulation.nowNanos());
    }
  }

  private void releaseHeld() {
    for (KeyHolder.Hold hold : held.values()) {
      hold.release();
    }
    held.clear();
  }

  // ---- its thread ----

  /** A datagram arrived. */
  void deliver(Datagram datagram) {
    Scenario scenario = simulation.scenario();
    if (inbox.size() >= scenario.inboxDatagrams()) {
      inboxDrops++;
    } else if (paused || scenario.latencyNanos() > 0 || !inbox.isEmpty()) {
      inbox.add(datagram);
      if (!paused) {
        wakeAt(simulation.nowNanos() + random.nextLong(scenario.latencyNanos() + 1));
      }
    } else {
      read(datagram);
      renewIfDue();
      planRound();
    }
  }

  /** Does what there is to do. */
  void round() {
    if (nextRoundNanos != simulation.nowNanos()) {
      return; // an earlier one was planned since
    }
    nextRoundNanos = NEVER;
    if (!isActive()) {
      return;
    }
    wakes = false;
    announceCaches();
    for (int i = 0; i < DATAGRAMS_PER_ROUND && !inbox.isEmpty(); i++) {
      read(inbox.remove());
    }
    renewIfDue();
    replica.onQueueDepth(1_000 * inbox.size() / simulation.scenario().inboxDatagrams());
    if (closing != null) {
      closeFurther(closing);
      return;
    }
    send();
    tick();
    planRound();
  }

  private void tick() {
    if (nanos() - replica.nextTickNanos() >= 0) {
      perform(replica.onLocal(List.of(), parts.completeTime(), nanos()));
      perform(replica.onTick(nanos()));
    }
  }

  private void announceCaches() {
    if (parts.takeChanged()) {
      perform(replica.onCaches(parts.descriptions(), parts.warm(), nanos()));
    }
  }

  private void send() {
    int wanted = replica.changesWanted(nanos());
    if (wanted > 0) {
      replica.onAckWanted(!awaited.isEmpty());
      List<Change> changes = parts.take(wanted);
      replica.onBacklog(parts.hasMore());
      if (!changes.isEmpty()) {
        perform(replica.onLocal(changes, parts.completeTime(), nanos()));
      }
    }
  }

  private void planRound() {
    if (!isActive()) {
      return;
    }
    boolean more = !inbox.isEmpty() || (parts.hasMore() && replica.changesWanted(nanos()) > 0);
    long tick = time.virtualNanos(replica.nextTickNanos());
    wakeAt(Math.max(simulation.nowNanos() + 1_000, more ? 0 : tick));
    if (wakes) {
      wakes = false;
      wakeAt(simulation.nowNanos() + 1 + random.nextLong(2 * Scenario.MILLISECOND));
    }
  }

  /** Makes it do a round at a time, or earlier. */
  private void wakeAt(long atNanos) {
    if (atNanos < nextRoundNanos) {
      nextRoundNanos = atNanos;
      simulation.planRound(this, atNanos);
    }
  }

  private void read(Datagram datagram) {
    NodeId from = datagram.opened().from();
    if (codec.refusedByPrefix(ByteBuffer.wrap(datagram.bytes())) == Refusal.OWN) {
      return;
    }
    if (from.equals(id)) {
      perform(replica.onCopyHeard(nanos()));
      return;
    }
    addresses.put(from.origin(), datagram.from());
    for (Message message : datagram.messages()) {
      if (isOfEarlierVersion && IS_NEW.contains(message.getClass())) {
        continue;
      }
      simulation.invariants().onReceived(this, from, message);
      perform(replica.onMessage(from, datagram.opened().sameApplication(), message, nanos()));
    }
  }

  private void renewIfDue() {
    if (!renewalDue) {
      return;
    }
    renewalDue = false;
    NodeId former = id;
    id = replica.successor(random);
    codec.become(id);
    perform(replica.renew(id, nanos()));
    parts.become(id.origin());
    simulation.renewed(this, former);
  }

  private void perform(Effects effects) {
    if (effects == Effects.NONE) {
      return;
    }
    simulation.invariants().onEffects(this, effects);
    for (Instruction instruction : effects.instructions()) {
      obey(instruction);
    }
    for (Application application : effects.apply()) {
      apply(application);
    }
    transmit(effects.send());
    simulation.trace(this, effects.notices());
    for (Notice notice : effects.notices()) {
      cold |= notice instanceof Notice.StaysCold || notice instanceof Notice.HistoryForgotten;
    }
  }

  private void transmit(List<Outgoing> outgoing) {
    if (outgoing.isEmpty()) {
      return;
    }
    List<Message> toAll = new ArrayList<>();
    Map<Long, List<Message>> toOne = new LinkedHashMap<>();
    for (Outgoing one : outgoing) {
      if (one.to() == null || !addresses.containsKey(one.to())) {
        toAll.add(one.message());
      } else {
        toOne.computeIfAbsent(one.to(), ignored -> new ArrayList<>()).add(one.message());
      }
    }
    for (byte[] datagram : codec.encode(toAll)) {
      simulation.network().sendToAll(datagram(datagram));
    }
    toOne.forEach(
        (to, messages) -> {
          for (byte[] datagram : codec.encode(messages)) {
            simulation.network().sendToOne(datagram(datagram), addresses.get(to));
          }
        });
  }

  private Datagram datagram(byte[] bytes) {
    return Datagram.of(this, isOfLaterVersion ? Datagram.ofLaterVersion(bytes) : bytes);
  }

  private void apply(Application application) {
    Change change = application.change();
    ClusteredCache cache = parts.findOrSkip(change.cache(), change.version());
    if (cache == null) {
      return;
    }
    ApplyOutcome outcome = cache.apply(change, application.from(), application.path());
    simulation.trace(this, application, outcome);
    if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
      Version fence = change.key() == null ? null : cache.version(change.key());
      if (fence != null) {
        simulation.fenced(fence);
      }
      perform(replica.onClockAhead(change.version(), parts.records().time(), nanos()));
    }
    if (outcome == ApplyOutcome.STALE_HISTORY) {
      perform(replica.onStaleHistory(application, nanos()));
    }
    boolean heard = outcome != ApplyOutcome.AHEAD_OF_CLOCK;
    if (change.key() == null) {
      int number = simulation.places().cache(change.cache());
      if (heard) {
        knowledge.hearClear(number, change.version(), simulation.step());
      }
      touchCache(number);
    } else {
      Place place = simulation.places().of(change.cache(), change.key());
      if (heard) {
        knowledge.hear(place, change.version(), simulation.step());
      }
      touch(place);
    }
  }

  private void obey(Instruction instruction) {
    simulation.trace(this, instruction);
    if (instruction instanceof Instruction.Distrust distrust) {
      simulation.distrusted(distrust.upTo());
      for (ClusteredCache cache : parts.caches()) {
        cache.distrust(distrust.upTo());
      }
      touchAll();
    } else if (instruction instanceof Instruction.DistrustLost) {
      for (ClusteredCache cache : parts.caches()) {
        cache.distrustLost();
        lost.put(cache.id(), cache.floor());
      }
    } else if (instruction instanceof Instruction.TrustAbove trust) {
      cold |= simulation.wasDistrusted(trust.floor());
      ClusteredCache cache = parts.findOrSkip(trust.cache(), Version.NONE);
      if (cache != null) {
        cache.trustAbove(trust.floor());
      }
    } else if (instruction instanceof Instruction.ShiftClock shift) {
      parts.move(shift.millis(), shift.rebase(), replica::onRebased);
      if (shift.rebase()) {
        simulation.invariants().onRebased(this);
        long limit = HybridTime.ofMillis(nowMillis() + ApplyRule.MAX_AHEAD_MILLIS);
        knowledge.forgetAbove(limit);
        awaited.removeIf(write -> write.version().time() > limit); // it is no more what it was
        touchAll();
      }
    } else if (instruction instanceof Instruction.Relay relay) {
      parts.caches().forEach(cache -> cache.relay(relay.origin(), relay.aboveTime()));
    } else if (instruction instanceof Instruction.Renew) {
      renewalDue = true;
    }
  }

  // ---- what its application does ----

  void put(Place place, String value, long ttlMillis) {
    did(Operation.Kind.PUT, place, caches.put(place, value, ttlMillis), value, ttlMillis, NEVER);
  }

  /** As {@link #put}, by somebody who waits until all others have it. */
  void putAcknowledged(Place place, String value, long ttlMillis) {
    Version version = caches.put(place, value, ttlMillis);
    awaited.add(did(Operation.Kind.PUT, place, version, value, ttlMillis, NEVER));
    if (awaited.size() > MOST_AWAITED) {
      awaited.remove();
    }
  }

  /** Begins a step of a key: what others say of it is applied when the step ends. */
  void hold(Place place, String value, long ttlMillis) {
    if (!holds(place)) {
      held.put(
          place,
          simulation
              .holder()
              .hold(
                  simulation.step(),
                  meanwhile -> caches.putAfter(place, value, ttlMillis, meanwhile)));
      touch(place);
    }
  }

  /** Ends such a step with its write. */
  void putHeld(Place place, String value, long ttlMillis) {
    KeyHolder.Hold hold = held.remove(place);
    if (hold != null) {
      Version version = hold.release();
      did(Operation.Kind.PUT, place, version, value, ttlMillis, hold.begunAtStep());
    }
  }

  void remove(Place place) {
    did(Operation.Kind.REMOVE, place, caches.remove(place), null, Change.ETERNAL, NEVER);
  }

  void clear(int cache, boolean removeAll) {
    Version version = removeAll ? caches.removeAll(cache) : caches.clear(cache);
    Operation operation =
        new Operation(
            Operation.Kind.CLEAR,
            this,
            simulation.nowNanos(),
            cache,
            null,
            version,
            null,
            Change.ETERNAL,
            0,
            false);
    simulation.onOperation(this, operation);
    knowledge.hearClear(cache, version, simulation.step());
    touchCache(cache);
    planRound();
  }

  void expire(Place place) {
    Version version = caches.expire(place);
    if (version != null) {
      simulation.onExpiredByHand(version);
    }
    touch(place);
    planRound();
  }

  BegunLoad beginLoad(Place place) {
    return new BegunLoad(place, caches.beginLoad(place), simulation.step());
  }

  /**
   * Ends a load.
   *
   * @param written whether as a write in the place of the load, as an entry processor makes it
   */
  void finishLoad(BegunLoad begun, String value, long ttlMillis, boolean written) {
    MemberCaches.Loaded loaded =
        caches.finishLoad(begun.place, begun.load, value, ttlMillis, written);
    if (loaded != null) {
      Version version = loaded.version();
      // The life of a loaded value begins when it is stored.
      long took = Math.max(0, nowMillis() - version.millis());
      Operation operation =
          new Operation(
              Operation.Kind.LOAD,
              this,
              simulation.nowNanos(),
              begun.place.cache(),
              begun.place,
              version,
              value,
              ttlMillis == Change.ETERNAL ? Change.ETERNAL : took + ttlMillis,
              begun.begunAtStep,
              loaded.staysHere());
      simulation.onOperation(this, operation);
      knowledge.loaded(begun.place, version, loaded.staysHere());
      touch(begun.place);
    }
    planRound();
  }

  private Operation did(
      Operation.Kind kind,
      Place place,
      Version version,
      @Nullable String value,
      long ttlMillis,
      long begunAtStep) {
    Operation operation =
        new Operation(
            kind,
            this,
            simulation.nowNanos(),
            place.cache(),
            place,
            version,
            value,
            ttlMillis,
            begunAtStep,
            false);
    simulation.onOperation(this, operation);
    knowledge.hear(place, version, simulation.step());
    touch(place);
    planRound();
    return operation;
  }

  // ---- what is to be looked at ----

  private void touch(Place place) {
    if (!isTouched[place.index()]) {
      isTouched[place.index()] = true;
      if (touchedCount == touched.length) {
        touched = Arrays.copyOf(touched, touchedCount * 2);
      }
      touched[touchedCount++] = place;
    }
  }

  private void touchCache(int cache) {
    for (int key = 0; key < simulation.places().keys(cache); key++) {
      touch(simulation.places().at(cache, key));
    }
  }

  private void touchAll() {
    simulation.places().all().forEach(this::touch);
  }

  /** Lets the invariants look at the keys to which something happened. */
  void showTouched() {
    for (int i = 0; i < touchedCount; i++) {
      Place place = touched[i];
      isTouched[place.index()] = false;
      simulation.invariants().onTouched(this, place, caches.read(place));
    }
    touchedCount = 0;
    showAcknowledged();
  }

  private void showAcknowledged() {
    if (awaited.isEmpty()) {
      return;
    }
    while (!awaited.isEmpty()
        && simulation.nowNanos() - awaited.peek().atNanos() > PATIENCE_NANOS) {
      awaited.remove(); // and the writer is told that it timed out
    }
    long acknowledged = replica.acknowledgedTime();
    while (!awaited.isEmpty() && awaited.peek().version().time() <= acknowledged) {
      Operation operation = awaited.remove();
      simulation.observations().acknowledged();
      simulation.invariants().onAcknowledged(this, operation);
    }
  }

  /** What the replica says, until which the replica is not there. */
  private final class KnownStability implements Stability {

    @Override
    public long stableTime() {
      return replica == null ? Long.MAX_VALUE : replica.stableTime();
    }

    @Override
    public long aliveStableTime() {
      return replica == null ? Long.MAX_VALUE : replica.aliveStableTime();
    }

    @Override
    public boolean isIsolated() {
      return replica != null && replica.isIsolated();
    }

    @Override
    public long isolatedSince() {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
