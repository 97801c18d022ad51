package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Member;
import io.github.mccache.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running member of a cluster: its thread, its transport, and the caches that it keeps
 * coherent. Thread-safe.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** Together with a quarter of a second for the transport, {@link #close} stays below a second. */
  private static final long JOIN_MILLIS = 600;

  private final String nodeName;
  private final Transport transport;
  private final MemberClock clock;
  private final NodeParts parts;
  private final DecodingThread decodingThread;
  private final MemberShell shell;
  private final EventLoop loop;
  private final Thread thread;
  private final Uplink uplink;
  private volatile boolean closed;

  private Node(NodeOptions options, Transport transport, MemberClock clock) {
    this.nodeName = options.nodeName();
    this.transport = transport;
    this.clock = clock;
    this.parts = NodeParts.of(clock, new FailureLog(nodeName));
    this.decodingThread = new DecodingThread(nodeName, parts.failures());
    NodeId first = new NodeId(options.random().nextLong(), options.random().nextLong());
    this.shell = new MemberShell(options, first, transport, parts);
    this.loop = new EventLoop(options, shell, parts);
    this.thread = new Thread(null, this::runLoop, "mccache-node-" + nodeName, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    this.uplink = new LoopUplink();
  }

  /**
   * Starts a member, which owns the transport from now on and closes it.
   *
   * @param transport one that was not started
   * @throws io.github.mccache.transport.TransportException if the transport cannot start
   * @throws IllegalArgumentException if the datagrams of the options are too short or too long
   */
  public static Node start(NodeOptions options, Transport transport, MemberClock clock) {
    Node node = new Node(options, transport, clock);
    transport.start(node.loop);
    try {
      node.thread.start();
    } catch (Throwable e) { // an Error: the operating system gives no thread
      transport.close();
      throw e;
    }
    LOG.info(
        "{}: member {} of cluster {} ({}) on {}",
        node.nodeName,
        node.id(),
        options.clusterName(),
        options.managerUri(),
        transport.description());
    return node;
  }

  /** Returns its label. */
  public String name() {
    return nodeName;
  }

  /** Returns its incarnation in hexadecimal digits. */
  public String incarnation() {
    return id().toString();
  }

  /** Returns its incarnation: a new one for every start, and when it starts anew. */
  public NodeId id() {
    return shell.self();
  }

  /** Returns the first 64 bits of its incarnation, which are the origin of its versions. */
  public long origin() {
    return id().origin();
  }

  /** Returns the interface through which caches report their writes. */
  public Uplink uplink() {
    return uplink;
  }

  /** Returns the live view of the times up to which all members have applied all changes. */
  public Stability stability() {
    return shell.standing();
  }

  /**
   * Adds a cache, before its first write, and announces it to the other members.
   *
   * @param warmUp whether it requests the records of other members
   * @throws IllegalArgumentException if a cache of the same number is attached; names both
   * @throws IllegalStateException if the member is closed or has failed
   */
  public void attach(ClusteredCache cache, boolean warmUp) {
    if (closed) {
      throw new IllegalStateException(
          "cache " + cache.name() + " cannot be attached: the member " + nodeName + " is closed");
    }
    if (loop.hasFailed()) {
      throw new MemberFailedException(nodeName);
    }
    parts.caches().attach(cache, warmUp);
    loop.wake();
  }

  /**
   * Removes a cache, after its last write. Its unsent changes are still sent; the application of a
   * change may end after this returns. Does nothing if the cache is not attached.
   */
  public void detach(ClusteredCache cache) {
    parts.caches().detach(cache);
    loop.wake();
  }

  /** Signals that a cache has changes to send; nearly free if that is known already. */
  public void wake() {
    loop.wakeForChanges();
  }

  /**
   * Announces writes whose acknowledgement will be awaited, so that peers are requested to
   * acknowledge them at once.
   */
  public Acknowledgement beginAcknowledged() {
    return new Acknowledgement(loop, clock);
  }

  /**
   * Waits until every live member has applied every change that any of them, or this one, made up
   * to now by this member's clock. Must not be called while this thread holds a key.
   *
   * @return false if that took longer than {@code timeout}
   * @throws InterruptedException if the thread is interrupted before or while it waits
   */
  public boolean awaitCoherent(Duration timeout) throws InterruptedException {
    long time = Math.max(clock.last(), HybridTime.ofMillis(clock.millis()));
    Awaiters coherent = shell.standing().coherent();
    coherent.expect();
    try {
      return loop.await(coherent, time, timeout);
    } finally {
      coherent.expectNoMore();
    }
  }

  /**
   * Returns whether this member's thread has ended because of an Error: it neither sends nor
   * receives, and every read of its caches misses.
   */
  public boolean hasFailed() {
    return loop.hasFailed();
  }

  /** Returns whether this member knows other members and receives none of them. */
  public boolean isIsolated() {
    return shell.standing().latest().isolated();
  }

  /** Returns whether this member has completed its join. */
  public boolean isJoined() {
    return shell.standing().latest().joined();
  }

  /**
   * Returns an upper bound of the age of the oldest change that this member may not have received,
   * in milliseconds: 0 if no other member is known, {@link Long#MAX_VALUE} until it has joined,
   * while the age is unknown, and when it has failed.
   */
  public long staleMillis() {
    if (loop.hasFailed()) {
      return Long.MAX_VALUE;
    }
    Standing standing = shell.standing().latest();
    if (standing.staleMillis() == 0 || standing.staleMillis() == Long.MAX_VALUE) {
      return standing.staleMillis();
    }
    long sinceNanos = Math.max(0, clock.nanos() - standing.nanos());
    return standing.staleMillis() + TimeUnit.NANOSECONDS.toMillis(sinceNanos) + 1;
  }

  /** Returns the counters. */
  public NodeStatistics statistics() {
    NodeCounters counters = parts.counters();
    FailureLog failures = parts.failures();
    return new NodeStatistics(
        counters.datagramsSent.sum(),
        counters.datagramsToOne.sum(),
        counters.bytesSent.sum(),
        counters.datagramsReceived.sum(),
        counters.bytesReceived.sum(),
        counters.refused(),
        counters.inboxDrops.sum(),
        counters.answersWithheld.sum(),
        counters.bodiesSkipped.sum(),
        counters.changesSent.sum(),
        counters.changesReceived.sum(),
        counters.applied(),
        counters.unknownCaches.sum(),
        failures.cacheFailures(),
        failures.internalFailures(),
        shell.standing().latest().counts(),
        transport.statistics());
  }

  /** Returns one readable line for each other member: label, incarnation and state. */
  public List<String> describeMembers() {
    return members().stream()
        .map(
            member ->
                member.nodeName()
                    + " "
                    + member.id()
                    + " "
                    + member.state()
                    + (member.acknowledges() ? "" : ", acknowledges nothing"))
        .toList();
  }

  /** Returns how many other members are believed to be alive. */
  public int aliveMembers() {
    return (int) members().stream().filter(member -> member.state() == Member.State.ALIVE).count();
  }

  /** Returns the other members, as of the last timer or change among them. */
  public List<Member> members() {
    return shell.standing().latest().members();
  }

  /**
   * Sends the unsent changes, waits until the other members have applied them, announces that it
   * leaves, and releases thread and sockets, all within a second. If changes cannot be sent in
   * time, the other members receive invalidations of their keys, or a clear of the cache.
   * Idempotent; a second call waits as the first one does.
   */
  @Override
  public void close() {
    closed = true;
    loop.close();
    if (Thread.currentThread() == thread) {
      return; // the thread closes the transport when it ends
    }
    if (!joined()) {
      LOG.warn(
          "{}: the thread {} has not ended within {} ms because a cache blocks it; it ends by"
              + " itself later",
          nodeName,
          thread.getName(),
          JOIN_MILLIS);
      thread.interrupt();
    }
    transport.close();
    decodingThread.close();
  }

  /** An interrupt of the caller does not shorten this brief wait. */
  private boolean joined() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MILLIS);
    boolean interrupted = false;
    long left = JOIN_MILLIS;
    while (thread.isAlive() && left > 0) {
      try {
        thread.join(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  private void runLoop() {
    try {
      loop.run();
    } finally {
      transport.close();
      decodingThread.end();
    }
  }

  /** Connects the writers of caches to this member. */
  private final class LoopUplink implements Uplink {

    private final StampGate gate = parts.gate();

    @Override
    public long enter() {
      return gate.enter();
    }

    @Override
    public void exit(long token) {
      gate.exit(token);
    }

    @Override
    public void wake() {
      loop.wakeForChanges();
    }

    @Override
    public boolean execute(Runnable task) {
      return decodingThread.execute(task);
    }
  }
}
