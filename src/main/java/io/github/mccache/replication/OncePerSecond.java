package io.github.mccache.replication;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets each subject pass once per second, and at most {@value #MAX_SUBJECTS} subjects per second:
 * then all others wait. Confined to the thread of {@link Replica}.
 */
final class OncePerSecond {

  static final int MAX_SUBJECTS = 1_024;

  private static final long SECOND_NANOS = 1_000_000_000;

  /** When each subject passed; the eldest first. */
  private final Map<Long, Long> passedNanos = new LinkedHashMap<>();

  boolean mayPass(long subject, long nowNanos) {
    forgetBefore(nowNanos - SECOND_NANOS);
    if (passedNanos.containsKey(subject) || passedNanos.size() >= MAX_SUBJECTS) {
      return false;
    }
    passedNanos.put(subject, nowNanos);
    return true;
  }

  private void forgetBefore(long limitNanos) {
    Iterator<Long> times = passedNanos.values().iterator();
    while (times.hasNext() && times.next() - limitNanos <= 0) {
      times.remove();
    }
  }
}
