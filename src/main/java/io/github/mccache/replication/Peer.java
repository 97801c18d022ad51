package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;

/**
 * One other member, and what is believed of it. Confined to the thread of {@link Replica}.
 *
 * <table>
 * <caption>States and transitions</caption>
 * <tr><th>from</th><th>when</th><th>to</th><th>method</th></tr>
 * <tr><td>–</td><td>first heard</td><td>alive</td><td>constructor</td></tr>
 * <tr><td>–</td><td>says BYE before anything else is heard</td><td>left</td>
 *     <td>constructor, {@link #becomeLeft}</td></tr>
 * <tr><td>alive</td><td>silent for {@code suspectAfter}</td><td>suspect</td>
 *     <td>{@link #becomeSuspect}</td></tr>
 * <tr><td>suspect</td><td>silent for {@code deadAfter}</td><td>dead</td>
 *     <td>{@link #becomeDead}</td></tr>
 * <tr><td>suspect, dead</td><td>heard</td><td>alive</td><td>{@link #becomeAlive}</td></tr>
 * <tr><td>alive, suspect, dead</td><td>says BYE</td><td>left</td><td>{@link #becomeLeft}</td></tr>
 * <tr><td>dead, left</td><td>silent for {@code forgottenAfter}, or its room is needed</td>
 *     <td>–</td><td>removed by {@link Membership}</td></tr>
 * </table>
 *
 * <p>Left is final: the BYE may overtake earlier messages, which still count as data but not as
 * life, and a process that starts again has a new incarnation.
 */
final class Peer {

  private final NodeId id;
  private final GapDetector stream = new GapDetector();
  private String nodeName;
  private Member.State state = Member.State.ALIVE;
  private long lastHeardNanos;

  Peer(NodeId id, String nodeName, long nowNanos) {
    this.id = id;
    this.nodeName = nodeName;
    this.lastHeardNanos = nowNanos;
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

  GapDetector stream() {
    return stream;
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

  /** A sign of life; who left has none. */
  void heard(long nowNanos) {
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
    move(state == Member.State.SUSPECT || state == Member.State.DEAD, Member.State.ALIVE);
  }

  void becomeLeft() {
    move(state != Member.State.LEFT, Member.State.LEFT);
  }

  /** Returns whether its place may be given to another. */
  boolean isGone() {
    return state == Member.State.DEAD || state == Member.State.LEFT;
  }

  Member view() {
    return new Member(id, nodeName, state, lastHeardNanos, stream.highest(), stream.missing());
  }

  private void move(boolean allowed, Member.State next) {
    if (!allowed) {
      throw new IllegalStateException(
          "member " + id + " is " + state + " and cannot become " + next);
    }
    state = next;
  }
}
