package io.github.mccache.simulation;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One run of a scenario: events in the order of virtual time, one after the other. */
final class Simulation {

  /** Within which time after the end of faults operations that have begun come to their end. */
  private static final long LAST_WORDS_NANOS = 200 * Scenario.MILLISECOND;

  private static final long SAMPLE_NANOS = 500 * Scenario.MILLISECOND;
  private static final long LOOK_NANOS = 20 * Scenario.MILLISECOND;
  private static final long POLL_NANOS = 100 * Scenario.MILLISECOND;

  /** Three seconds, stretched four times, and some more. */
  private static final long LONGEST_SUSPICION_NANOS = 13 * Scenario.SECOND;

  private final Scenario scenario;
  private final @Nullable Trace trace;
  private final SplittableRandom random;
  private final SplittableRandom clocks;
  private final EventQueue events = new EventQueue();
  private final Places places;
  private final Ledger ledger = new Ledger();
  private final Network network;
  private final Faults faults;
  private final Workload workload;
  private final Invariants invariants;
  private final Observations observations = new Observations();
  private final Closer closer;
  private final Victim victim;
  private final KeyHolder holder = new KeyHolder();
  private final List<SimulatedMember> running = new ArrayList<>();
  private final Map<Long, SimulatedMember> byOrigin = new HashMap<>();
  private final Set<Version> expiredByHand = new HashSet<>();
  private final Set<Long> copied = new HashSet<>();
  private final Set<Version> distrusted = new HashSet<>();
  private final Set<Version> fences = new HashSet<>();
  private final Set<Version> writtenAtClose = new HashSet<>();
  private final @Nullable SimulatedMember[] slots;
  private final Deployment[] deployments;
  private final int[] starts;
  private long nowNanos;
  private long step;
  private long digest;
  private boolean quiet;
  private @Nullable Throwable uncaught;

  /**
   * Prepares a run.
   *
   * @param trace receives every event; null for speed
   */
  Simulation(Scenario scenario, @Nullable Trace trace) {
    this.scenario = scenario;
    this.trace = trace;
    this.random = scenario.chance("members");
    this.clocks = scenario.chance("clocks");
    this.places = new Places(scenario.modes(), scenario.keys(), scenario.burstKeys());
    this.slots = new SimulatedMember[scenario.members()];
    this.deployments = new Deployment[scenario.members()];
    this.starts = new int[scenario.members()];
    for (int slot = 0; slot < deployments.length; slot++) {
      deployments[slot] = Deployment.on(anyTime());
    }
    this.network = new Network(this, scenario.chance("network"), scenario.members());
    this.faults = new Faults(this, scenario.chance("faults"));
    this.workload = new Workload(this, scenario.chance("workload"));
    this.closer = new Closer(this, scenario.chance("closer"));
    this.victim = new Victim(scenario, this::nowNanos);
    this.invariants = new Invariants(this);
  }

  /** Runs all of it. */
  Observations run() {
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler(this::onUncaught);
    try {
      found();
      runUntil(Scenario.BEGIN_NANOS);
      for (Scenario.Cycle cycle : scenario.cycles()) {
        run(cycle);
      }
      observations.finish(this);
      return observations;
    } finally {
      thread.setUncaughtExceptionHandler(before);
      holder.close();
    }
  }

  /** A store gives away what was thrown where no thread may be harmed. */
  private void onUncaught(Thread thread, Throwable thrown) {
    if (!FailingCaches.isInjected(thrown)) {
      uncaught = thrown;
    }
  }

  private void sample() {
    invariants.atSample();
    schedule(SAMPLE_NANOS, action("sample", this::sample));
  }

  private void found() {
    schedule(SAMPLE_NANOS, action("sample", this::sample));
    for (int slot = 0; slot < slots.length; slot++) {
      boolean late = scenario.has(Ingredient.LATE_JOIN) && slot > 1 && clocks.nextInt(3) == 0;
      if (!late) {
        int founder = slot;
        schedule(clocks.nextLong(Scenario.SECOND), action("start", () -> startMember(founder)));
      }
    }
  }

  private void run(Scenario.Cycle cycle) {
    long end = nowNanos + cycle.workNanos();
    faults.begin(end);
    workload.begin(end);
    runUntil(end);
    trace("faults end");
    faults.end();
    awaitSuspicion();
    long calm = nowNanos;
    long before = lastDifference(calm, calm + LAST_WORDS_NANOS, LOOK_NANOS);
    invariants.atEndOfFaults();
    long after = lastDifference(calm, nowNanos + Scenario.CONVERGENCE_NANOS, POLL_NANOS);
    long agreed = Math.max(before, after);
    trace("calm");
    invariants.atCalm();
    observations.converged(agreed);
    quiet = true;
    invariants.atBeginOfQuiet();
    runUntil(nowNanos + Scenario.QUIET_NANOS);
    observations.quiet(running.size() * Scenario.QUIET_NANOS);
    invariants.atEndOfQuiet();
    quiet = false;
    if (scenario.has(Ingredient.CLOSE_UNDER_LOAD) && running.size() > 2) {
      closeUnderLoad();
    }
  }

  private void closeUnderLoad() {
    int slot = closer.close();
    runUntil(nowNanos + Scenario.CONVERGENCE_NANOS);
    invariants.afterClose();
    startMember(slot);
  }

  /**
   * A crash is a fault that ends when it is noticed: until then the survivors wait for the member
   * to fill its gaps, and send no requests to each other. What was paused takes longer to suspect
   * others, and first reads what it received of them meanwhile.
   */
  private void awaitSuspicion() {
    long latest = nowNanos + LONGEST_SUSPICION_NANOS;
    while (nowNanos < latest && running.stream().anyMatch(this::believesInTheDead)) {
      runUntil(nowNanos + POLL_NANOS);
    }
  }

  private boolean believesInTheDead(SimulatedMember member) {
    return member.hasUnreadOfTheDead()
        || member.replica().members().stream()
            .filter(other -> other.state() == Member.State.ALIVE)
            .anyMatch(other -> running.stream().noneMatch(each -> each.id().equals(other.id())));
  }

  /**
   * Goes on, looks often, and returns how long after the faults something differed for the last
   * time.
   */
  private long lastDifference(long faultsEnd, long end, long lookNanos) {
    long differed = faultsEnd;
    while (nowNanos < end) {
      if (invariants.convergence().difference() != null) {
        differed = nowNanos + lookNanos;
      }
      runUntil(nowNanos + lookNanos);
    }
    return differed - faultsEnd;
  }

  void runUntil(long endNanos) {
    while (events.hasBefore(endNanos)) {
      Event event = events.remove();
      nowNanos = event.atNanos();
      step++;
      digest = (digest * 31 + event.digest()) * 31 + nowNanos;
      event.happen();
      if (uncaught != null) {
        throw new IllegalStateException(uncaught);
      }
    }
    nowNanos = endNanos;
  }

  void schedule(long inNanos, Event event) {
    events.add(nowNanos + inNanos, event);
  }

  static Action action(String what, Runnable action) {
    return new Action(what) {
      @Override
      void happen() {
        action.run();
      }
    };
  }

  // ---- members ----

  private LocalTime anyTime() {
    boolean drifts = scenario.has(Ingredient.DRIFT) && clocks.nextBoolean();
    boolean wrong = scenario.has(Ingredient.CLOCK_OFFSET) && clocks.nextInt(3) == 0;
    long hours = 2 * 3_600_000L;
    long drift = clocks.nextLong(-10_000, 10_001);
    long offset = wrong ? clocks.nextLong(-hours, hours + 1) : clocks.nextLong(-100, 101);
    return new LocalTime(clocks.nextLong() >> 2, drifts ? drift : 0, offset);
  }

  /** Changes how the members that start in a place from now on run. */
  void deploy(int slot, UnaryOperator<Deployment> change) {
    deployments[slot] = change.apply(deployments[slot]);
  }

  /** Starts a member in an empty place of the network. */
  void startMember(int slot) {
    if (slots[slot] != null) {
      return;
    }
    starts[slot]++;
    String name = "m" + slot + "'".repeat(starts[slot] - 1);
    SplittableRandom chance = scenario.chance(name);
    start(slot, name, new NodeId(chance.nextLong(), chance.nextLong()), chance);
  }

  /** Starts a member as what another one is. */
  void startCopy(int slot, NodeId id) {
    starts[slot]++;
    String name = "m" + slot + "'".repeat(starts[slot] - 1);
    copied.add(id.origin());
    start(slot, name, id, scenario.chance(name));
  }

  private void start(int slot, String name, NodeId id, SplittableRandom chance) {
    SimulatedMember member =
        new SimulatedMember(this, slot, name, id, deployments[slot], chance.split());
    slots[slot] = member;
    byOrigin.put(id.origin(), member);
    running.add(member);
    trace(member, "starts");
    member.start();
    member.showTouched();
  }

  /** A member has started anew. */
  void startedAnew(SimulatedMember member, NodeId former, Instruction.StartAnew cause) {
    invariants().onStartedAnew(member, former, cause);
    byOrigin.put(member.id().origin(), member);
    for (SimulatedMember other : running) {
      if (other.id().equals(former)) {
        byOrigin.put(former.origin(), other);
      }
    }
  }

  /** A member trusts nothing any more at or below a version. */
  void distrusted(Version upTo) {
    distrusted.add(upTo);
  }

  boolean wasDistrusted(Version floor) {
    return distrusted.contains(floor);
  }

  /** A member has set a fence at its own time, because a version was ahead of it. */
  void fenced(Version version) {
    fences.add(version);
  }

  /** Whether a version is that of a miss, and of nothing that was written. */
  boolean isFence(Version version) {
    return fences.contains(version) && ledger.write(version) == null;
  }

  /**
   * Whether what was written under this origin may be taken for something else, for more than one
   * process wrote under it.
   */
  boolean wasCopied(long origin) {
    return copied.contains(origin);
  }

  /** A member does not run any more, or is about to stop. */
  void stopped(SimulatedMember member) {
    slots[member.slot()] = null;
    running.remove(member);
    observations.stopped(member);
  }

  /** A member has closed; what it could not send is given up. */
  void closed(SimulatedMember member) {
    trace(member, "has closed");
    for (Place place : places.all()) {
      Version last = member.knowledge().shared(place);
      if (last.origin() == member.id().origin()) {
        writtenAtClose.add(last);
      }
    }
    invariants.onClosed(member);
    stopped(member);
  }

  /** Whether a version may be known without its value, for its writer had no time to send that. */
  boolean wasWrittenAtClose(Version version) {
    return writtenAtClose.contains(version);
  }

  List<Integer> emptySlots() {
    List<Integer> empty = new ArrayList<>();
    for (int slot = 0; slot < slots.length; slot++) {
      if (slots[slot] == null) {
        empty.add(slot);
      }
    }
    return empty;
  }

  /** Returns the members that run, the paused among them. */
  List<SimulatedMember> running() {
    return running;
  }

  /** Returns the members that can do something now. */
  List<SimulatedMember> active() {
    List<SimulatedMember> active = new ArrayList<>(running.size());
    for (SimulatedMember member : running) {
      if (member.isActive()) {
        active.add(member);
      }
    }
    return active;
  }

  /** Returns a member by its part of versions, also one that has ended. */
  @Nullable SimulatedMember find(long origin) {
    return byOrigin.get(origin);
  }

  void planRound(SimulatedMember member, long atNanos) {
    events.add(atNanos, new Round(member));
  }

  private static final class Round extends Event {

    private final SimulatedMember member;

    Round(SimulatedMember member) {
      this.member = member;
    }

    @Override
    void happen() {
      member.round();
      member.showTouched();
    }

    @Override
    int digest() {
      return member.slot();
    }
  }

  // ---- events ----

  void onOperation(SimulatedMember member, Operation operation) {
    trace(member, operation);
    ledger.record(operation);
    observations.operation();
    invariants.onOperation(member, operation);
  }

  void onExpiredByHand(Version version) {
    expiredByHand.add(version);
  }

  /** Whether some member let this version go before its time. */
  boolean wasExpiredByHand(Version version) {
    return expiredByHand.contains(version);
  }

  void onSent(Datagram datagram, @Nullable SimulatedMember to) {
    digest = digest * 31 + datagram.bytes().length;
    observations.sent(datagram, quiet);
    trace(datagram, to, Trace.Fate.SENT);
    invariants.onSent(datagram);
  }

  void trace(String what) {
    if (trace != null) {
      trace.event(this, what);
    }
  }

  void trace(SimulatedMember member, Object what) {
    if (trace != null && !(what instanceof List<?> list && list.isEmpty())) {
      trace.event(this, member, what);
    }
  }

  void trace(SimulatedMember member, Application application, ApplyOutcome outcome) {
    if (trace != null) {
      trace.applied(this, member, application, outcome);
    }
  }

  void trace(Datagram datagram, @Nullable SimulatedMember to, Trace.Fate fate) {
    if (trace != null) {
      trace.datagram(this, datagram, to, fate);
    }
  }

  // ---- its parts ----

  long nowNanos() {
    return nowNanos;
  }

  long step() {
    return step;
  }

  /** Whether nothing but signs of life should be sent. */
  boolean isQuiet() {
    return quiet;
  }

  Scenario scenario() {
    return scenario;
  }

  Places places() {
    return places;
  }

  Ledger ledger() {
    return ledger;
  }

  Network network() {
    return network;
  }

  Invariants invariants() {
    return invariants;
  }

  Observations observations() {
    return observations;
  }

  Victim victim() {
    return victim;
  }

  KeyHolder holder() {
    return holder;
  }

  /** Returns a number that differs when anything that happened differs (S14). */
  long digest() {
    return digest;
  }
}
