package io.github.mccache.node;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that the protocol thread is blocked, for example in a slow {@code equals} of a key.
 * Meanwhile this member sends and applies nothing, and peers soon suspect it. Each round of more
 * than a second is logged as one WARN with the thread's stack. The receiving thread calls {@link
 * #look} with every datagram; the protocol thread calls the rest.
 */
final class RoundWatch {

  static final long LONGEST_ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final String nodeName;
  private volatile @Nullable Round round;

  private static final class Round {

    private final Thread thread;
    private final long beginNanos;
    private boolean reported; // confined to the receiving thread

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

  /** Logs a round that takes too long, once; returns whether it has logged. */
  boolean look(long nowNanos) {
    Round present = round;
    if (present == null
        || present.reported
        || nowNanos - present.beginNanos < LONGEST_ROUND_NANOS) {
      return false;
    }
    present.reported = true;
    StackTraceElement[] stack = present.thread.getStackTrace();
    if (round != present) { // it has ended meanwhile: the stack may be of another round
      return false;
    }
    Throwable where = new Throwable("the protocol thread is here");
    where.setStackTrace(stack);
    LOG.warn(
        "{}: one round of the protocol thread has taken more than {} ms; meanwhile this member"
            + " sends and applies nothing. If the stack below shows code of the application, make"
            + " it faster",
        nodeName,
        TimeUnit.NANOSECONDS.toMillis(LONGEST_ROUND_NANOS),
        where);
    return true;
  }
}
