package io.github.mccache.node;

import io.github.mccache.codec.Encoded;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a {@link CoherentStore} holds it: one version of one key, with its value in the form
 * in which it is held. The version and its value never change; the deadline moves with an access
 * expiry policy, and the time of the last read with every read. Thread-safe.
 */
public final class VersionedEntry {

  /** The value of {@link #lastReadMillis} before the first read. */
  public static final long NEVER = -1;

  private static final AtomicLongFieldUpdater<VersionedEntry> DEADLINE =
      AtomicLongFieldUpdater.newUpdater(VersionedEntry.class, "deadlineMillis");

  private static final AtomicLongFieldUpdater<VersionedEntry> SHARED_DEADLINE =
      AtomicLongFieldUpdater.newUpdater(VersionedEntry.class, "sharedDeadlineMillis");

  private final long time;
  private final long origin;
  private final long createdMillis;
  private final boolean fill;
  private boolean staysHere; // set before the entry is published
  private boolean written; // likewise
  private boolean outOfStream; // likewise; taken back by the thread of the event loop
  private volatile @Nullable Version beneath;
  private volatile long deadlineMillis;
  private volatile long sharedDeadlineMillis;
  private volatile long lastReadMillis = NEVER;
  private volatile boolean sent;
  private volatile boolean withdrawn;
  private volatile boolean readable;

  /**
   * Written again with an equal, decoded form at most, which is immutable or shared by reference: a
   * race between readers makes them decode twice, which is harmless.
   */
  private Object held;

  /**
   * The bytes of the value, if there are any: the same as what is held, or beside it. Null again at
   * most where the bytes can be made without code of the application; a race makes them once more.
   */
  private @Nullable Encoded encoded;

  /**
   * Makes an entry that is not published yet.
   *
   * @param held from {@link ValueForm}, or the bytes of another member
   */
  VersionedEntry(
      Version version, Object held, long createdMillis, long deadlineMillis, boolean fill) {
    this.time = version.time();
    this.origin = version.origin();
    if (held instanceof PreparedValue prepared) {
      this.held = prepared.value();
      this.encoded = prepared.encoded();
    } else {
      this.held = held;
      this.encoded = held instanceof Encoded bytes ? bytes : null;
    }
    this.createdMillis = createdMillis;
    this.deadlineMillis = deadlineMillis;
    this.sharedDeadlineMillis = deadlineMillis;
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

  /**
   * Returns the deadline that other members know: the one that the version began with, or the
   * latest that a touch carried since.
   */
  long sharedDeadlineMillis() {
    return sharedDeadlineMillis;
  }

  /** Returns the shared deadline as a time to live, counted from the time of the version. */
  long sharedTtlMillis() {
    long deadline = sharedDeadlineMillis;
    return deadline == Change.ETERNAL ? Change.ETERNAL : Math.max(0, deadline - version().millis());
  }

  /** Other members know this deadline by now, or soon; an earlier one changes nothing. */
  void shareDeadline(long newDeadlineMillis) {
    SHARED_DEADLINE.accumulateAndGet(this, newDeadlineMillis, Math::max);
  }

  /** Another member let the entry live so long; it never lives shorter for that. */
  void prolong(long newDeadlineMillis) {
    shareDeadline(newDeadlineMillis);
    DEADLINE.accumulateAndGet(this, newDeadlineMillis, Math::max);
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

  /** When a key was last read does not depend on which of its versions it was. */
  void inheritLastRead(@Nullable VersionedEntry before) {
    if (before != null) {
      lastReadMillis = before.lastReadMillis;
    }
  }

  /** Returns whether the entry is past its deadline. */
  public boolean isExpired(long nowMillis) {
    return deadlineMillis <= nowMillis;
  }

  /** Returns whether this is sent as a loaded value. */
  boolean isFill() {
    return fill;
  }

  /** Notes that the application of this member wrote the value, before the entry is published. */
  void markWritten() {
    written = true;
  }

  /** Returns whether the application of this member wrote the value. */
  boolean isWritten() {
    return written;
  }

  /**
   * Makes this a value of this member alone, before it is published. Its version must not win over
   * those of other members and is never sent; the version that it replaced is, because peers may
   * have missed that.
   *
   * @param version the version that is sent in its place; null for none
   */
  void stayHere(@Nullable Version version) {
    staysHere = true;
    beneath = version;
  }

  boolean staysHere() {
    return staysHere;
  }

  /** Returns the version that other members may know, null if there is none. */
  @Nullable Version sharedVersion() {
    return staysHere ? beneath : version();
  }

  /**
   * Notes a change that is older than this entry, which stays on this member: peers may request
   * that change. To be called by the thread that holds the key.
   */
  void absorb(Version older) {
    Version before = beneath;
    if (before == null || older.isAfter(before)) {
      beneath = older;
    }
  }

  /** Notes that the entry came outside of its origin's stream, before it is published. */
  void setOutOfStream(boolean isOutOfStream) {
    outOfStream = isOutOfStream;
  }

  /**
   * Returns whether the entry came in an answer or a transfer: its origin may have died before it
   * sent the entry to all.
   */
  boolean isOutOfStream() {
    return outOfStream;
  }

  /**
   * Returns whether the value was made here or has been decoded here; until then it is unknown
   * whether this member can decode it.
   */
  boolean isReadable() {
    return readable;
  }

  void markReadable() {
    readable = true;
  }

  /** Makes this a miss for readers at once; its removal follows. */
  void withdraw() {
    withdrawn = true;
  }

  boolean isWithdrawn() {
    return withdrawn;
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

  /** Returns the bytes of the value, null where they are to be made of what is held. */
  @Nullable Encoded encoded() {
    return encoded;
  }

  /**
   * Holds the object from now on.
   *
   * @param beside whether its bytes stay beside it
   */
  void holdDecoded(Object decoded, boolean beside) {
    held = decoded;
    if (!beside) {
      encoded = null;
    }
  }
}
