package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The scheduler: events in the order of virtual time, one after the other. */
final class Simulation {

  /** Writes begin when all founders have started, but before they know of one another. */
  private static final long WRITES_BEGIN_NANOS = 110_000_000;

  private static final long REST_AFTER_NANOS = 3_000_000_000L;
  private static final int TRACE_TAIL = 60;
  private static final long EPOCH_MILLIS = 1_000_000;

  /**
   * @param member to whom it happens; null when to nobody in particular
   */
  private record Event(
      long atNanos, long number, @Nullable SimulatedMember member, String what, Runnable action)
      implements Comparable<Event> {

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private record Traced(long elapsedNanos, @Nullable SimulatedMember member, String what) {

    long digest() {
      long where = member == null ? 0 : member.id().high();
      return (elapsedNanos * 31 + where) * 31 + what.hashCode();
    }

    @Override
    public String toString() {
      return elapsedNanos / 1_000 + " us " + (member == null ? "" : member + " ") + what;
    }
  }

  private final Scenario scenario;
  private final SplittableRandom random;
  private final Links links;
  private final List<Place> places;
  private final Ledger ledger;
  private final Workload workload;
  private final List<Invariant> invariants;
  private final List<SimulatedMember> members = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Deque<Traced> traceTail = new ArrayDeque<>();
  private final Map<SimulatedMember, Long> nextTicks = new IdentityHashMap<>();
  private final Cluster cluster;
  private final long originNanos;
  private long elapsedNanos;
  private long scheduled;
  private long step;
  private long traceDigest;
  private boolean quiet;

  Simulation(Scenario scenario, Cluster cluster) {
    this.scenario = scenario;
    this.cluster = cluster;
    this.random = new SplittableRandom(scenario.seed() ^ 0x5deece66dL);
    this.originNanos = random.nextLong();
    this.links = new Links(random.split(), scenario.lateShare(), scenario.duplicateShare());
    this.places = placesOf(scenario);
    this.ledger = new Ledger(scenario.modes());
    this.workload = new Workload(this, scenario, random.split());
    this.invariants = Invariants.of(this);
    for (long offsetMillis : scenario.clockOffsetsMillis()) {
      join(random.nextLong(100_000_000), offsetMillis, true);
    }
  }

  /** Runs all of it; the result can be asked afterwards. */
  void run() {
    try {
      schedule(WRITES_BEGIN_NANOS, null, "begin", workload::next);
      scheduleComingAndGoing();
      runWhile(() -> !workload.isDone());
      rest();
    } catch (InvariantViolated violated) {
      violated.addSuppressed(new IllegalStateException(describe()));
      throw violated;
    }
  }

  /** Lets everything that is under way arrive, and checks what must hold then. */
  void rest() {
    runFor(REST_AFTER_NANOS);
    quiet = true;
    runFor(REST_AFTER_NANOS);
    for (Invariant invariant : invariants) {
      invariant.atRest();
    }
  }

  void runFor(long nanos) {
    long end = elapsedNanos + nanos;
    runWhile(() -> !events.isEmpty() && events.peek().atNanos <= end);
    elapsedNanos = end;
  }

  /** Schedules something that happens only if the member, if any, is running then. */
  void schedule(long inNanos, @Nullable SimulatedMember member, String what, Runnable action) {
    events.add(new Event(elapsedNanos + inNanos, scheduled++, member, what, action));
  }

  /** Delivers datagrams to everybody who is listening now, the sender included. */
  void multicast(SimulatedMember from, List<Message> messages, List<byte[]> datagrams) {
    for (Message message : messages) {
      trace(from, message.getClass().getSimpleName());
      invariants.forEach(invariant -> invariant.onSent(from, message));
    }
    for (byte[] datagram : datagrams) {
      for (SimulatedMember to : running()) {
        for (int copies = links.copies(); copies > 0; copies--) {
          schedule(
              links.delayNanos(),
              to,
              "receives",
              () -> to.receive(from.id(), Framing.open(datagram)));
        }
      }
    }
  }

  void onOperation(SimulatedMember member, Operation operation) {
    trace(member, operation.kind() + " " + operation.place() + " " + operation.version());
    ledger.record(operation);
    invariants.forEach(invariant -> invariant.onOperation(member, operation));
  }

  long nowNanos() {
    return originNanos + elapsedNanos;
  }

  long trueMillis() {
    return EPOCH_MILLIS + elapsedNanos / 1_000_000;
  }

  long step() {
    return step;
  }

  /** Whether nothing but signs of life should be sent. */
  boolean isQuiet() {
    return quiet;
  }

  Map<Long, Mode> modes() {
    return scenario.modes();
  }

  Ledger ledger() {
    return ledger;
  }

  List<SimulatedMember> members() {
    return members;
  }

  List<SimulatedMember> running() {
    return members.stream().filter(SimulatedMember::isRunning).toList();
  }

  /** Returns every key of every cache. */
  List<Place> places() {
    return places;
  }

  private static List<Place> placesOf(Scenario scenario) {
    List<Place> places = new ArrayList<>();
    for (long cache : scenario.modes().keySet()) {
      for (int key = 0; key < scenario.keys(); key++) {
        places.add(new Place(cache, "key" + key));
      }
    }
    return places;
  }

  /** Returns a number that differs when anything that happened differs. */
  long traceDigest() {
    return traceDigest;
  }

  private void runWhile(BooleanSupplier condition) {
    while (condition.getAsBoolean()) {
      Event event = events.remove();
      elapsedNanos = event.atNanos;
      SimulatedMember member = event.member;
      if (member == null || member.isRunning() || event.what.equals("starts")) {
        step++;
        trace(member, event.what);
        event.action.run();
        if (member != null) {
          invariants.forEach(invariant -> invariant.afterEvent(member));
          scheduleTick(member);
        }
      }
    }
  }

  /** One tick is under way per member, and moves to earlier when the replica wants it. */
  private void scheduleTick(SimulatedMember member) {
    long wanted = Math.max(member.replica().nextTickNanos() - originNanos, elapsedNanos + 1);
    Long planned = nextTicks.get(member);
    if (planned == null || planned <= elapsedNanos || wanted < planned) {
      nextTicks.put(member, wanted);
      schedule(wanted - elapsedNanos, member, "ticks", () -> tick(member, wanted));
    }
  }

  private void tick(SimulatedMember member, long planned) {
    if (nextTicks.get(member) == planned) {
      member.tick();
    }
  }

  private SimulatedMember join(long inNanos, long offsetMillis, boolean founder) {
    NodeId id = new NodeId(random.nextLong(), random.nextLong());
    SimulatedMember member =
        cluster.member(this, "m" + members.size(), id, offsetMillis, founder, random.split());
    members.add(member);
    schedule(inNanos, member, "starts", member::start);
    return member;
  }

  private void scheduleComingAndGoing() {
    if (scenario.memberJoins()) {
      schedule(400_000_000, null, "somebody joins", () -> join(0, 0, false));
    }
    if (scenario.memberLeaves()) {
      SimulatedMember leaver = members.get(0);
      schedule(500_000_000, leaver, "leaves", leaver::leave);
    }
  }

  private void trace(@Nullable SimulatedMember member, String what) {
    Traced traced = new Traced(elapsedNanos, member, what);
    traceDigest = traceDigest * 31 + traced.digest();
    traceTail.add(traced);
    if (traceTail.size() > TRACE_TAIL) {
      traceTail.remove();
    }
  }

  private String describe() {
    return "seed "
        + scenario.seed()
        + ", replay with: mvn test -Dtest=SimulationTest -Dsimulation.seed="
        + scenario.seed()
        + "\n"
        + scenario
        + "\nlast events:\n"
        + traceTail.stream().map(Traced::toString).collect(Collectors.joining("\n"));
  }
}
