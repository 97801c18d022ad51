package io.github.mccache.simulation;

import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.NodeOptions;
import io.github.mccache.node.SteppedNode;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.BodyCodec;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One member: the shell of production, driven in virtual time in the place of its thread. */
final class SimulatedMember {

  /** After which silence a member is forgotten where that is soon. */
  static final Duration SOON = Duration.ofSeconds(20);

  /** What members of an earlier version skip. */
  private static final Set<Class<? extends Message>> IS_NEW =
      Set.of(Message.Scrub.class, Message.Pull.class, Message.Ack.class);

  private static final int MOST_AWAITED = 16;
  private static final long PATIENCE_NANOS = 2 * Scenario.SECOND;
  private static final long NEVER = Long.MAX_VALUE;

  /** How long a round takes that leaves some work. */
  private static final long ROUND_NANOS = 1_000;

  /** As the event loop sleeps. */
  private static final long SHORTEST_SLEEP_NANOS = Scenario.MILLISECOND;

  /** A load that has begun. */
  record BegunLoad(Place place, CoherentStore.Load load, long begunAtStep) {}

  /** A write whose writer waits until all others have it. */
  private record Awaited(Operation write, SteppedNode.Wait answer) {}

  /**
   * The end of a wait.
   *
   * @param missing the members that have not acknowledged the write, empty if all have
   */
  record Waited(Operation write, List<String> missing) {

    @Override
    public String toString() {
      return (missing.isEmpty() ? "returns from " : "times out without " + missing + " in ")
          + write;
    }
  }

  private final Simulation simulation;
  private final int slot;
  private final String name;
  private final SimulatedTransport.Address address;
  private final LocalTime time;
  private final SteppedNode node;
  private final MemberCaches caches;
  private final RandomGenerator random;
  private final Knowledge knowledge;
  private final FailingCaches failing;
  private final Map<Place, KeyHolder.Hold> held = new LinkedHashMap<>();

  /** Who sent what it has yet to read, and perhaps others. */
  private final Set<SimulatedMember> unread = new LinkedHashSet<>();

  private final boolean isOfEarlierVersion;
  private final boolean isOfLaterVersion;
  private final Deque<Awaited> awaited = new ArrayDeque<>();
  private final boolean[] isTouched;
  private Place[] touched = new Place[16];
  private int touchedCount;
  private boolean running;
  private boolean paused;
  private boolean cold;
  private final Map<Long, Version> lost = new HashMap<>();
  private boolean wakes;
  private boolean closing;
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
      Deployment deployment,
      SplittableRandom random) {
    this.simulation = simulation;
    this.slot = slot;
    this.name = name;
    this.address = new SimulatedTransport.Address(this, slot);
    this.time = deployment.time();
    this.random = random;
    Scenario scenario = simulation.scenario();
    this.failing = new FailingCaches(scenario.chance("failing " + name));
    int version = scenario.has(Ingredient.OTHER_VERSIONS) ? random.nextInt(3) : 1;
    this.isOfEarlierVersion = version == 0;
    this.isOfLaterVersion = version == 2;
    this.isTouched = new boolean[simulation.places().all().size()];
    this.node =
        new SteppedNode(
            options(name, deployment.application(), scenario, random),
            id,
            new SimulatedTransport(this::send),
            new MemberClock(
                () -> Instant.ofEpochMilli(time.wallMillis(simulation.nowNanos())),
                () -> {
                  failing.onClockRead();
                  return nanos();
                }),
            scenario.inboxDatagrams(),
            this::figures,
            new Watch());
    this.caches =
        new MemberCaches(simulation.places(), node, scenario::maximumEntries, this::touch);
    if (deployment.opensCaches()) {
      caches.open();
    }
    this.knowledge = new Knowledge(simulation.places());
  }

  /** Returns the options of a member; its chance is split off the given one. */
  static NodeOptions options(
      String name, String application, Scenario scenario, SplittableRandom random) {
    return new NodeOptions(
        name,
        Datagram.CLUSTER,
        Datagram.URI,
        application,
        scenario.datagramBytes(),
        Duration.ofSeconds(2),
        random.split());
  }

  private ReplicaOptions figures(ReplicaOptions usual) {
    Scenario scenario = simulation.scenario();
    return new ReplicaOptions(
        usual.dataBudgetBytes(),
        usual.sizeOf(),
        new WatchedBodies(usual.bodies()),
        usual.frameCapacity(),
        usual.fragmentBytes(),
        usual.maximumBodyBytes(),
        usual.scrubInterval(),
        usual.heartbeatInterval(),
        usual.suspectAfter(),
        usual.deadAfter(),
        scenario.has(Ingredient.FORGETTING) ? SOON : usual.forgottenAfter(),
        usual.aloneAfter(),
        usual.maxMembers(),
        usual.maximumKeysSent(),
        scenario.isSlow() ? Scenario.LOW_RATE : usual.initialRate());
  }

  /** Lets the invariants look at messages that came in pieces. */
  private final class WatchedBodies implements BodyCodec {

    private final BodyCodec bodies;

    WatchedBodies(BodyCodec bodies) {
      this.bodies = bodies;
    }

    @Override
    public int sizeOf(Message message) {
      return bodies.sizeOf(message);
    }

    @Override
    public byte[] encode(Message message) {
      return bodies.encode(message);
    }

    @Override
    public @Nullable Message decode(NodeId from, byte[] body) {
      Message message = bodies.decode(from, body);
      if (message != null) {
        simulation.invariants().onReceived(SimulatedMember.this, from, message);
      }
      return message;
    }
  }

  // ---- what others ask ----

  NodeId id() {
    return node.id();
  }

  /** Returns the place in the network, which a member that comes back takes again. */
  int slot() {
    return slot;
  }

  Replica replica() {
    return node.replica();
  }

  FailingCaches failing() {
    return failing;
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

  /** Returns the version of a key, null without a record. */
  @Nullable Version version(long cache, Payload key) {
    return node.version(cache, key);
  }

  long nowMillis() {
    return node.clock().millis();
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
    return closing;
  }

  /** Returns about how many datagrams it has yet to read. */
  int inboxSize() {
    return node.inboxPerMille() * simulation.scenario().inboxDatagrams() / 1_000;
  }

  /** Whether it may yet see a sign of life of a member that has ended. */
  boolean hasUnreadOfTheDead() {
    return node.hasUnread() && unread.stream().anyMatch(from -> !from.isRunning());
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
    node.start();
    work();
  }

  /** Opens the caches of a member that runs without them. */
  void openCaches() {
    caches.open();
    wakeAt(simulation.nowNanos());
  }

  /** Forgets what it has to send, as a fault of the software or of memory would. */
  void loseUnsent() {
    node.loseUnsent();
  }

  void leave() {
    node.round();
    node.leave();
    running = false;
    releaseHeld(); // nobody hears of it
  }

  /** Begins to end, as a member does that still has something to send. */
  void close() {
    closing = true;
    wakeAt(simulation.nowNanos());
  }

  /** Goes on with that. */
  private void closeFurther() {
    if (node.closeFurther()) {
      running = false;
      releaseHeld();
      simulation.closed(this);
    } else {
      wakeAt(simulation.nowNanos() + Scenario.MILLISECOND);
    }
  }

  /** Ends without a word. */
  void crash() {
    running = false;
    releaseHeld();
    unread.clear();
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
    inboxDrops += node.offer(datagram.bytes(), datagram.from().address);
    unread.add(datagram.from());
    long latency = simulation.scenario().latencyNanos();
    if (paused) {
      return;
    }
    if (latency > 0) {
      wakeAt(simulation.nowNanos() + random.nextLong(latency + 1));
    } else {
      work();
    }
  }

  /** Does what there is to do. */
  void round() {
    if (nextRoundNanos == simulation.nowNanos()) { // else an earlier one was planned since
      work();
    }
  }

  private void work() {
    nextRoundNanos = NEVER;
    if (!isActive()) {
      return;
    }
    if (closing) {
      closeFurther();
      return;
    }
    wakes = false;
    boolean more = node.round();
    if (!node.hasUnread()) {
      unread.clear();
    }
    long now = simulation.nowNanos();
    long tick = time.virtualNanos(node.nextTickNanos());
    wakeAt(more ? now + ROUND_NANOS : Math.max(now + SHORTEST_SLEEP_NANOS, tick));
    wakeIfWoken();
  }

  /** A thread of the application wakes it, which takes a while. */
  private void wakeIfWoken() {
    if (wakes && isActive()) {
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

  private void send(byte[] bytes, SimulatedTransport.@Nullable Address to) {
    Datagram datagram =
        Datagram.of(this, isOfLaterVersion ? Datagram.ofLaterVersion(bytes) : bytes);
    SimulatedMember receiver = to == null ? null : to.member();
    if (receiver == null) {
      simulation.network().sendToAll(datagram);
    } else {
      simulation.network().sendToOne(datagram, receiver);
    }
  }

  // ---- what its shell does ----

  /** Lets the invariants look at what the shell does. */
  private final class Watch implements SteppedNode.Observer {

    @Override
    public void onWoken() {
      wakes = true;
    }

    @Override
    public boolean onMessage(NodeId from, Message message) {
      if (isOfEarlierVersion && IS_NEW.contains(message.getClass())) {
        return false;
      }
      simulation.invariants().onReceived(SimulatedMember.this, from, message);
      return true;
    }

    @Override
    public void onEffects(Effects effects) {
      if (effects != Effects.NONE) {
        simulation.invariants().onEffects(SimulatedMember.this, effects);
      }
    }

    @Override
    public void onPerformed(Effects effects) {
      simulation.trace(SimulatedMember.this, effects.notices());
      for (Notice notice : effects.notices()) {
        cold |= notice instanceof Notice.StaysCold || notice instanceof Notice.HistoryForgotten;
      }
    }

    @Override
    public void onApplying(Application application) {
      failing.onApplying();
    }

    @Override
    public boolean isExpected(Throwable failure) {
      return FailingCaches.isInjected(failure);
    }

    @Override
    public void onApplied(Application application, ApplyOutcome outcome) {
      failing.onApplied();
      simulation.trace(SimulatedMember.this, application, outcome);
      simulation.invariants().onApplied(SimulatedMember.this, application, outcome);
      Change change = application.change();
      if (outcome == ApplyOutcome.DISTRUSTED) {
        touchAll();
      }
      boolean heard = outcome != ApplyOutcome.AHEAD_OF_CLOCK && outcome != ApplyOutcome.DISTRUSTED;
      if (change.key() == null) {
        int number = simulation.places().cache(change.cache());
        if (heard) {
          knowledge.hearClear(number, change.version(), simulation.step());
        }
        touchCache(number);
        return;
      }
      Place place = simulation.places().of(change.cache(), change.key());
      if (heard) {
        knowledge.hear(place, change.version(), simulation.step());
      } else if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
        Version fence = node.version(change.cache(), change.key());
        if (fence != null) {
          simulation.fenced(fence);
        }
      }
      touch(place);
    }

    @Override
    public void onInstruction(Instruction instruction) {
      simulation.trace(SimulatedMember.this, instruction);
      if (instruction instanceof Instruction.Distrust distrust) {
        simulation.distrusted(distrust.upTo());
      } else if (instruction instanceof Instruction.TrustAbove trust) {
        cold |= simulation.wasDistrusted(trust.floor());
      }
    }

    @Override
    public void onFollowed(Instruction instruction) {
      if (instruction instanceof Instruction.Distrust) {
        touchAll();
      } else if (instruction instanceof Instruction.DistrustLost) {
        node.caches().forEach(cache -> lost.put(cache.id(), cache.floor()));
      }
    }

    @Override
    public void onStartedAnew(NodeId former, Instruction.StartAnew cause) {
      simulation.startedAnew(SimulatedMember.this, former, cause);
      knowledge.forgetAll();
      lost.clear();
      cold = false;
      awaited.forEach(each -> each.answer.end());
      awaited.clear();
      touchAll();
    }
  }

  // ---- what its application does ----

  void put(Place place, String value, long ttlMillis) {
    did(Operation.Kind.PUT, place, caches.put(place, value, ttlMillis), value, ttlMillis, NEVER);
  }

  /** As {@link #put}, by somebody who waits until all others have it. */
  void putAcknowledged(Place place, String value, long ttlMillis) {
    node.beginAcknowledged();
    Version version = caches.put(place, value, ttlMillis);
    Operation write = did(Operation.Kind.PUT, place, version, value, ttlMillis, NEVER);
    awaited.add(new Awaited(write, node.awaitAcknowledged(version.time())));
    wakes = true;
    wakeIfWoken();
    if (awaited.size() > MOST_AWAITED) {
      awaited.remove().answer.end();
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
    wakeIfWoken();
  }

  void expire(Place place) {
    Version version = caches.expire(place);
    if (version != null) {
      simulation.onExpiredByHand(version);
    }
    touch(place);
    wakeIfWoken();
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
    wakeIfWoken();
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
    wakeIfWoken();
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
        && simulation.nowNanos() - awaited.peek().write.atNanos() > PATIENCE_NANOS) {
      Awaited late = awaited.remove();
      simulation.trace(this, new Waited(late.write, late.answer.missing()));
      late.answer.end();
    }
    while (!awaited.isEmpty() && awaited.peek().answer.isReached()) {
      Awaited reached = awaited.remove();
      reached.answer.end();
      simulation.trace(this, new Waited(reached.write, List.of()));
      simulation.observations().acknowledged();
      simulation.invariants().onAcknowledged(this, reached.write);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
