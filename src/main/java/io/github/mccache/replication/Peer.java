package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Feedback;
import io.github.mccache.protocol.NodeId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Another member: its assumed state and its progress. Confined to the thread of {@link Replica}.
 *
 * <table>
 * <caption>States and transitions</caption>
 * <tr><th>from</th><th>when</th><th>to</th><th>method</th></tr>
 * <tr><td>–</td><td>first received</td><td>alive</td><td>constructor</td></tr>
 * <tr><td>–</td><td>its BYE is the first that is received</td><td>left</td>
 *     <td>constructor, {@link #becomeLeft}</td></tr>
 * <tr><td>alive</td><td>silent for {@code suspectAfter}</td><td>suspect</td>
 *     <td>{@link #becomeSuspect}</td></tr>
 * <tr><td>suspect</td><td>silent for {@code deadAfter}</td><td>dead</td>
 *     <td>{@link #becomeDead}</td></tr>
 * <tr><td>suspect, dead</td><td>received</td><td>alive</td><td>{@link #becomeAlive}</td></tr>
 * <tr><td>alive, suspect, dead</td><td>BYE received</td><td>left</td>
 *     <td>{@link #becomeLeft}</td></tr>
 * <tr><td>left</td><td>received more than {@link Membership#LATE_NANOS} later</td><td>alive</td>
 *     <td>{@link #becomeAlive}</td></tr>
 * <tr><td>dead, left</td><td>silent for {@code forgottenAfter}, or its room is needed</td>
 *     <td>–</td><td>removed by {@link Membership}</td></tr>
 * </table>
 *
 * <p>The BYE may overtake earlier messages, which still count as data but not as life. A process
 * that starts again has a new incarnation. A member from which datagrams arrive long after its BYE
 * has not left: a copy of it, or a forger, has sent that.
 */
final class Peer {

  private final NodeId id;
  private final @Nullable Stream stream;
  private String nodeName;
  private Member.State state = Member.State.ALIVE;
  private long lastHeardNanos;
  private final Watermark ownSequence = new Watermark();
  private final Watermark ownCompleteTime = new Watermark();
  private long[] sequences = {};
  private long[] completeTimes = {};
  private long[] highest = {};
  private boolean vectorKnown;
  private boolean joined;
  private boolean reunited;
  private boolean otherApplication;
  private long acknowledgedNanos;
  private boolean acknowledges = true;
  private @Nullable Feedback feedback;
  private final ClockSamples clock = new ClockSamples();
  private final long knownSinceNanos;
  private Seniority seniority = Seniority.UNKNOWN;

  /** Which of two members was in the cluster first; the later one adopts the clock of the other. */
  enum Seniority {
    /** No heartbeat of it has arrived. */
    UNKNOWN,
    /** It had joined when this member had not. */
    ELDER,
    /** This member had joined when it had not. */
    YOUNGER,
    /** Both had joined when they met, or neither. */
    EQUAL
  }

  /**
   * Makes a member that was just received.
   *
   * @param stream its stream as received here; null if there is no room to track it
   */
  Peer(NodeId id, String nodeName, @Nullable Stream stream, long nowNanos) {
    this.id = id;
    this.stream = stream;
    this.nodeName = nodeName;
    this.lastHeardNanos = nowNanos;
    this.knownSinceNanos = nowNanos;
    this.acknowledgedNanos = nowNanos;
  }

  NodeId id() {
    return id;
  }

  String nodeName() {
    return nodeName;
  }

  void rename(String newName) {
    nodeName = newName;
  }

  long origin() {
    return id.origin();
  }

  @Nullable Stream stream() {
    return stream;
  }

  // ---- its progress ----

  /** Returns up to which number it has applied this member's own stream. */
  long ownSequence() {
    return ownSequence.get();
  }

  /** Returns up to which time it has applied this member's own changes. */
  long ownCompleteTime() {
    return ownCompleteTime.get();
  }

  /** It has applied so much of this member's own stream. */
  void appliedOwn(long sequence, long completeTime) {
    ownSequence.raiseTo(sequence);
    ownCompleteTime.raiseTo(completeTime);
  }

  /**
   * What it has applied of this member's own stream has moved on, or is all of it; or from now on
   * it has as much time to acknowledge as at first.
   *
   * @return whether it was not waited for any more
   */
  boolean acknowledged(long nowNanos) {
    boolean news = !acknowledges;
    acknowledgedNanos = nowNanos;
    acknowledges = true;
    return news;
  }

  /** Returns for how long it has acknowledged nothing more of this member's own stream. */
  long unacknowledgedNanos(long nowNanos) {
    return nowNanos - acknowledgedNanos;
  }

  /** From now on nothing waits for it; returns whether that is news. */
  boolean setAcknowledgesNothing() {
    boolean news = acknowledges;
    acknowledges = false;
    return news;
  }

  /**
   * Returns whether it acknowledges this member's changes, or may yet. Nothing waits for a peer
   * that sends heartbeats but acknowledges nothing for as long as it takes to consider a silent one
   * dead.
   */
  boolean acknowledges() {
    return acknowledges;
  }

  /** It has applied so much of another stream, without anything beyond a gap. */
  void applied(Stream of, long sequence, long completeTime) {
    applied(of, sequence, completeTime, sequence);
  }

  /**
   * It has applied so much of another stream.
   *
   * @param highestApplied the highest number of which it has applied something
   */
  void applied(Stream of, long sequence, long completeTime, long highestApplied) {
    int slot = of.slot();
    if (slot >= sequences.length) {
      int length = Math.max(8, Math.max(slot + 1, 2 * sequences.length));
      int before = sequences.length;
      sequences = Arrays.copyOf(sequences, length);
      completeTimes = Arrays.copyOf(completeTimes, length);
      highest = Arrays.copyOf(highest, length);
      Arrays.fill(sequences, before, length, -1);
      Arrays.fill(highest, before, length, -1);
      Arrays.fill(completeTimes, before, length, -1);
    }
    sequences[slot] = Math.max(sequences[slot], sequence);
    highest[slot] = Math.max(highest[slot], highestApplied);
    completeTimes[slot] = Math.max(completeTimes[slot], completeTime);
  }

  /** Returns up to which number it has applied a stream, -1 if unknown. */
  long appliedSequence(Stream of) {
    return of.slot() < sequences.length ? sequences[of.slot()] : -1;
  }

  /**
   * Returns the highest number of a stream that it has applied, wherever gaps are; -1 if unknown.
   */
  long highestApplied(Stream of) {
    return of.slot() < highest.length ? highest[of.slot()] : -1;
  }

  /** Returns up to which time it has applied a stream, -1 if unknown. */
  long appliedTime(Stream of) {
    return of.slot() < completeTimes.length ? completeTimes[of.slot()] : -1;
  }

  /** The place of a stream is to be used by another one. */
  void forgetSlot(int slot) {
    if (slot < sequences.length) {
      sequences[slot] = -1;
      completeTimes[slot] = -1;
      highest[slot] = -1;
    }
  }

  /** Returns whether it has ever sent its applied vector. */
  boolean isVectorKnown() {
    return vectorKnown;
  }

  void setVectorKnown() {
    vectorKnown = true;
  }

  /** Returns whether it is news that it runs another version of the application. */
  boolean setOtherApplication() {
    boolean news = !otherApplication;
    otherApplication = true;
    return news;
  }

  /** Returns whether it can give state to others. */
  boolean isJoined() {
    return joined;
  }

  void setJoined(boolean nowJoined) {
    joined = nowJoined;
  }

  /**
   * Its first heartbeat, which carries whether it has joined, settles which of the two was first.
   */
  void meet(boolean itHasJoined, boolean thisHasJoined) {
    if (seniority == Seniority.UNKNOWN) {
      seniority =
          itHasJoined == thisHasJoined
              ? Seniority.EQUAL
              : itHasJoined ? Seniority.ELDER : Seniority.YOUNGER;
    }
  }

  Seniority seniority() {
    return seniority;
  }

  /** Returns whether it has sent or acknowledged changes, and has been known for so long. */
  boolean isProven(long nanos, long nowNanos) {
    boolean takesPart = ownCompleteTime.get() > 0 || (stream != null && stream.arrivedInAll() > 0);
    return takesPart && nowNanos - knownSinceNanos >= nanos;
  }

  /** Returns the worst of what it has reported since this was last called; null for nothing. */
  @Nullable Feedback takeFeedback() {
    Feedback worst = feedback;
    feedback = null;
    return worst;
  }

  void addFeedback(Feedback reported) {
    feedback = feedback == null ? reported : feedback.worst(reported);
  }

  ClockSamples clock() {
    return clock;
  }

  /** Returns whether it has come, or has come back, since the last call. */
  boolean takeReunited() {
    boolean was = reunited;
    reunited = false;
    return was;
  }

  void setReunited() {
    reunited = true;
  }

  Member.State state() {
    return state;
  }

  long lastHeardNanos() {
    return lastHeardNanos;
  }

  long silentNanos(long nowNanos) {
    return nowNanos - lastHeardNanos;
  }

  /** This member did not run for a while: that was no silence of the peer. */
  void forgive(long nanos, long nowNanos) {
    lastHeardNanos += Math.min(nanos, Math.max(0, nowNanos - lastHeardNanos));
    acknowledgedNanos += Math.min(nanos, Math.max(0, nowNanos - acknowledgedNanos));
  }

  /** Returns whether it may well be alive. */
  boolean mayLive() {
    return state == Member.State.ALIVE || state == Member.State.SUSPECT;
  }

  boolean isAlive() {
    return state == Member.State.ALIVE;
  }

  /** A message of it arrived, which is no sign of life if it has left. */
  void received(long nowNanos) {
    if (state != Member.State.LEFT) {
      lastHeardNanos = nowNanos;
    }
  }

  void becomeSuspect() {
    move(state == Member.State.ALIVE, Member.State.SUSPECT);
  }

  void becomeDead() {
    move(state == Member.State.SUSPECT, Member.State.DEAD);
  }

  void becomeAlive() {
    move(state != Member.State.ALIVE, Member.State.ALIVE);
  }

  void becomeLeft() {
    move(state != Member.State.LEFT, Member.State.LEFT);
  }

  /** Returns whether it has sent no changes and acknowledges none: it may well be invented. */
  boolean isBystander() {
    return !acknowledges && (stream == null || stream.arrivedInAll() == 0);
  }

  /** Returns whether its place may be given to another. */
  boolean isGone() {
    return state == Member.State.DEAD || state == Member.State.LEFT;
  }

  Member view() {
    return new Member(
        id,
        nodeName,
        state,
        acknowledges,
        lastHeardNanos,
        stream == null ? 0 : stream.highest(),
        stream == null ? 0 : stream.missedInAll());
  }

  private void move(boolean allowed, Member.State next) {
    if (!allowed) {
      throw new IllegalStateException(
          "member " + id + " is " + state + " and cannot become " + next);
    }
    state = next;
  }
}
