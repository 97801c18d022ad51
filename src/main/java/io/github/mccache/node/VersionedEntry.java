package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;

/**
 * An entry as a {@link CoherentStore} keeps it: one version of one key, with its value in the form
 * in which it is held. What belongs to the version never changes; the deadline moves when an access
 * policy says so, and the time of the last read with every read. Thread-safe.
 */
public final class VersionedEntry {

  /** The value of {@link #lastReadMillis} before the first read. */
  public static final long NEVER = -1;

  private final long time;
  private final long origin;
  private final long createdMillis;
  private final boolean fill;
  private volatile long deadlineMillis;
  private volatile long lastReadMillis = NEVER;
  private volatile boolean sent;

  /**
   * Written again with an equal, decoded form at most, which is immutable or shared by reference: a
   * race between readers makes them decode twice and harms nobody.
   */
  private Object held;

  VersionedEntry(
      Version version, Object held, long createdMillis, long deadlineMillis, boolean fill) {
    this.time = version.time();
    this.origin = version.origin();
    this.held = held;
    this.createdMillis = createdMillis;
    this.deadlineMillis = deadlineMillis;
    this.fill = fill;
  }

  /** Returns the hybrid time of the version. */
  public long time() {
    return time;
  }

  /** Returns the member that wrote the version: the first 64 bits of its incarnation. */
  public long origin() {
    return origin;
  }

  Version version() {
    return new Version(time, origin);
  }

  /** Returns when the key came to this member, in milliseconds since the epoch. */
  public long createdMillis() {
    return createdMillis;
  }

  /**
   * Returns when the entry expires, in milliseconds since the epoch; {@link Change#ETERNAL} for
   * never.
   */
  public long deadlineMillis() {
    return deadlineMillis;
  }

  /** Moves the deadline, in milliseconds since the epoch. */
  public void setDeadlineMillis(long newDeadlineMillis) {
    deadlineMillis = newDeadlineMillis;
  }

  /**
   * Returns when the entry was last read here, in milliseconds since the epoch; {@link #NEVER} if
   * it was not.
   */
  public long lastReadMillis() {
    return lastReadMillis;
  }

  /** Notes a read. */
  public void setLastReadMillis(long nowMillis) {
    lastReadMillis = nowMillis;
  }

  /** Returns whether the entry is past its deadline. */
  public boolean isExpired(long nowMillis) {
    return deadlineMillis <= nowMillis;
  }

  /** Returns whether the value was loaded and not written. */
  boolean isFill() {
    return fill;
  }

  /** Returns whether nothing needs to be sent of this version any more. */
  boolean isSent() {
    return sent;
  }

  void markSent() {
    sent = true;
  }

  Object held() {
    return held;
  }

  void holdDecoded(Object decoded) {
    held = decoded;
  }
}
