package io.github.mccache.benchmark;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** Where a thread is in its own sequence of keys and values, drawn before the measurement. */
@State(Scope.Thread)
public class Cursor {

  private static final int LENGTH = 1 << 14;
  private static final int MIXED_GETS_PER_PUT = 19;

  @Param("ZIPF")
  Distribution distribution;

  private String[] present;
  private String[] absent;
  private String[] values;
  private int next;
  private int getsLeft;

  @Setup
  public void draw(ThreadParams thread) {
    int seed = thread.getThreadIndex();
    present = distribution.draw(Workload.keys("present", Workload.KEYS), LENGTH, seed);
    absent = distribution.draw(Workload.keys("absent", Workload.KEYS), LENGTH, seed);
    values = Workload.values(seed);
  }

  String present() {
    return present[next++ & (LENGTH - 1)];
  }

  String absent() {
    return absent[next++ & (LENGTH - 1)];
  }

  String value() {
    return values[next & (values.length - 1)];
  }

  /** Returns whether it is the turn of a write: one of twenty. */
  boolean isPutDue() {
    if (getsLeft > 0) {
      getsLeft--;
      return false;
    }
    getsLeft = MIXED_GETS_PER_PUT;
    return true;
  }
}
