package io.github.mccache.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.mccache.transport.Receiver;
import io.github.mccache.wire.Refusal;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread of a member, which drives its {@link MemberShell}: takes datagrams, wakes when
 * there is something to do, sleeps until the next timer. {@link #run} is that thread; {@link
 * #onDatagram} is for the transport, the rest for any thread.
 */
final class EventLoop implements Receiver, Runnable {

  private static final int INBOX_DATAGRAMS = 8_192;
  private static final long INBOX_BYTES = 16L << 20;

  /** How long a question to the loop waits for its answer. */
  private static final long LONGEST_ANSWER_MILLIS = 1_000;

  /** Keeps a timer that fails from keeping the thread busy. */
  private static final long SHORTEST_SLEEP_NANOS = 1_000_000;

  private final MemberShell shell;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final NodeCounters counters;
  private final FailureLog failures;
  private final KeptApart keptApart;
  private final RoundWatch watch;
  private final Inbox inbox = new Inbox(INBOX_DATAGRAMS, INBOX_BYTES);
  private final Waker waker = new Waker();
  private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();

  private volatile boolean closing;
  private volatile boolean failed;

  /**
   * Makes a loop that does not run.
   *
   * @param shell what it drives, from the parts
   */
  EventLoop(NodeOptions options, MemberShell shell, NodeParts parts) {
    this.shell = shell;
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.counters = parts.counters();
    this.failures = parts.failures();
    this.watch = new RoundWatch(options.nodeName());
    this.keptApart = new KeptApart(options, shell.codec()::labelOf, clock::nanos);
  }

  // ---- any thread ----

  @Override
  public void onDatagram(ByteBuffer datagram, SocketAddress source) {
    watch.look(clock.nanos());
    counters.datagramsReceived.increment();
    counters.bytesReceived.add(datagram.remaining());
    Refusal refusal = shell.codec().refusedByPrefix(datagram);
    if (refusal != null) { // before anything is kept of it
      counters.refused(refusal);
      if (refusal == Refusal.KEPT_APART) {
        keptApart.onDatagram(datagram, source);
      }
    } else {
      counters.inboxDrops.add(inbox.offer(datagram, source));
      waker.wake();
    }
  }

  /** Says that something is to be done. */
  void wake() {
    waker.wake();
  }

  /** Says that a key has changed; next to free of cost when nothing may be sent now. */
  void wakeForChanges() {
    if (shell.wantsChanges()) {
      waker.wake();
    }
  }

  /** Makes the thread send what it has, say goodbye and end. */
  void close() {
    closing = true;
    waker.wake();
  }

  /** Returns whether the thread has ended because of an Error. */
  boolean hasFailed() {
    return failed;
  }

  /** Those who wait until the others have applied what this member wrote. */
  Awaiters acknowledged() {
    return shell.standing().acknowledged();
  }

  /** Waits until a time is reached; returns whether it was. Not for the thread of the loop. */
  boolean await(Awaiters awaiters, long time, Duration timeout) throws InterruptedException {
    waker.wake(); // perhaps the others have yet to be told of that time
    return awaiters.await(time, NANOSECONDS.convert(timeout));
  }

  /**
   * Returns the labels of the members that have not applied what this one wrote up to a time; none
   * if the loop does not answer. Not for the thread of the loop.
   */
  List<String> unacknowledged(long time) {
    CompletableFuture<List<String>> labels = new CompletableFuture<>();
    questions.add(() -> labels.complete(shell.replica().unacknowledged(time)));
    waker.wake();
    try {
      return labels.get(LONGEST_ANSWER_MILLIS, MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException | TimeoutException e) {
      return List.of();
    }
  }

  // ---- the thread of the loop ----

  @Override
  public void run() {
    shell.start();
    while (!closing) {
      try {
        serve();
      } catch (Throwable e) {
        if (closing || !startAnewAfter(e)) {
          fail(e);
          return;
        }
      }
    }
    try {
      finish();
    } catch (Throwable e) {
      fail(e);
      return;
    }
    shell.standing().acknowledged().end();
    shell.standing().coherent().end();
  }

  private boolean startAnewAfter(Throwable failure) {
    try {
      return shell.startAnewAfter(failure);
    } catch (Throwable e) { // such as a lack of memory that lasts
      return false;
    }
  }

  private void serve() {
    while (!closing) {
      waker.beginRound();
      watch.begin(clock.nanos());
      boolean more = round();
      watch.end();
      if (!more && !closing) {
        long untilTick = shell.nextTickNanos() - clock.nanos();
        waker.sleep(Math.max(untilTick, SHORTEST_SLEEP_NANOS));
        Thread.interrupted(); // not ours, and would keep the thread from sleeping
      }
    }
  }

  /**
   * Ends the member because it failed again soon after it had started anew: waiting threads fail,
   * and every read of its caches misses. For the other members it has crashed.
   */
  private void fail(Throwable cause) {
    failed = true;
    shell.standing().acknowledged().fail();
    shell.standing().coherent().fail();
    while (!closing && !withdrawCaches()) {
      LockSupport.parkNanos(this, SHORTEST_SLEEP_NANOS); // until there is memory for that
    }
    failures.onMemberFailure(cause);
  }

  private boolean withdrawCaches() {
    try {
      for (ClusteredCache cache : caches.open()) {
        cache.withdraw();
      }
      return true;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  /** Does a bounded amount of work and returns whether there is more already. */
  boolean round() {
    boolean more = shell.round(inbox);
    answer();
    return more;
  }

  private void answer() {
    for (Runnable question = questions.poll(); question != null; question = questions.poll()) {
      failures.attempt("answer", question);
    }
  }

  private void finish() {
    Closing end = shell.closing(System::nanoTime); // real time: a test's clock may stand still
    failures.attempt("send the rest", () -> sendRest(end));
    shell.leave(end);
  }

  private void sendRest(Closing end) {
    while (!end.step()) {
      shell.flush();
      if (inbox.isEmpty()) {
        LockSupport.parkNanos(this, SHORTEST_SLEEP_NANOS);
        Thread.interrupted(); // not ours, and would keep the thread from sleeping
      }
      shell.serve(inbox);
    }
  }
}
