package io.github.mccache.node;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the protocol thread is held up, such as by the {@code equals} of a key that takes
 * long. While it is, this member sends and applies nothing, and is suspected soon. One WARN with
 * the thread's stack says so for each round that takes more than a second. {@link #look} is for the
 * receiving thread, which has a reason to look with every datagram; the rest is for the protocol
 * thread.
 */
final class RoundWatch {

  static final long LONGEST_ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final String nodeName;
  private volatile @Nullable Round round;

  private static final class Round {

    private final Thread thread;
    private final long beginNanos;
    private boolean reported; // of the receiving thread

    Round(Thread thread, long beginNanos) {
      this.thread = thread;
      this.beginNanos = beginNanos;
    }
  }

  RoundWatch(String nodeName) {
    this.nodeName = nodeName;
  }

  /** A round begins. */
  void begin(long nowNanos) {
    round = new Round(Thread.currentThread(), nowNanos);
  }

  /** The round has ended. */
  void end() {
    round = null;
  }

  /** Logs, once, a round that takes too long; returns whether it did. */
  boolean look(long nowNanos) {
    Round present = round;
    if (present == null
        || present.reported
        || nowNanos - present.beginNanos < LONGEST_ROUND_NANOS) {
      return false;
    }
    present.reported = true;
    StackTraceElement[] stack = present.thread.getStackTrace();
    if (round != present) { // it has ended meanwhile, and the stack is of another
      return false;
    }
    Throwable where = new Throwable("the protocol thread is here");
    where.setStackTrace(stack);
    LOG.warn(
        "{}: the protocol thread has been busy for more than {} ms; meanwhile this member sends and"
            + " applies nothing. If its stack shows code of the application, make that quick",
        nodeName,
        TimeUnit.NANOSECONDS.toMillis(LONGEST_ROUND_NANOS),
        where);
    return true;
  }
}
