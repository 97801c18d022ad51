package io.github.mccache.node;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exceptions that must not end the event loop: each is counted, and the first of each operation and
 * class is logged with its stack trace, but without its message, which may hold keys or values.
 * Thread-safe. The simulator overrides this class so that any exception fails the run.
 */
class FailureLog {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** Above this many kinds, failures are counted only. */
  private static final int MAXIMUM_KINDS = 256;

  private final String nodeName;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();
  private final LongAdder cacheFailures = new LongAdder();
  private final LongAdder internalFailures = new LongAdder();

  FailureLog(String nodeName) {
    this.nodeName = nodeName;
  }

  /** Runs a step. A {@link VirtualMachineError} may have left it half done and is thrown on. */
  void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      onInternalFailure(what, e);
    }
  }

  /** A cache threw. */
  void onCacheFailure(String operation, String cacheName, Throwable failure) {
    cacheFailures.increment();
    if (isFirst(operation + " of cache " + cacheName, failure)) {
      LOG.error(
          "{}: cache {} threw {} during the operation \"{}\"; the member goes on; further failures"
              + " of this kind are only counted",
          nodeName,
          cacheName,
          failure.getClass().getName(),
          operation,
          withoutMessage(failure));
    }
  }

  /** Code of this project threw unexpectedly. */
  void onInternalFailure(String operation, Throwable failure) {
    internalFailures.increment();
    if (isFirst(operation, failure)) {
      LOG.error(
          "{}: {} during the operation \"{}\"; the member goes on; further failures of this kind"
              + " are only counted",
          nodeName,
          failure.getClass().getName(),
          operation,
          withoutMessage(failure));
    }
  }

  /** The member has failed as a whole. */
  void onMemberFailure(Throwable failure) {
    internalFailures.increment();
    LOG.error(
        "{}: the member has failed with {}: it no longer sends or receives, and every read of its"
            + " caches misses; close the CacheManager and open it again",
        nodeName,
        failure.getClass().getName(),
        withoutMessage(failure));
  }

  long cacheFailures() {
    return cacheFailures.sum();
  }

  long internalFailures() {
    return internalFailures.sum();
  }

  private boolean isFirst(String place, Throwable failure) {
    return logged.size() < MAXIMUM_KINDS && logged.add(place + ": " + failure.getClass().getName());
  }

  private static Throwable withoutMessage(Throwable failure) {
    RuntimeException trace = new RuntimeException("thrown here; the message is left out");
    trace.setStackTrace(failure.getStackTrace());
    return trace;
  }
}
