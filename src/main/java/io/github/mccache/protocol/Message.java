package io.github.mccache.protocol;

import java.util.List;

/**
 * What members say to one another. Every message is an immutable value whose constructor rejects
 * nonsense, so that what exists is well-formed; only {@code wire} makes them from bytes. A new
 * message does not compile until every {@link MessageHandler} treats it.
 */
public sealed interface Message {

  /** Calls the method of the handler that is meant for this message and returns its answer. */
  <R> R accept(MessageHandler<R> handler);

  /**
   * Changes, in the order in which their sender numbered them.
   *
   * @param sequence the place in the sender's stream: 1, 2, 3…
   * @param completeTime hybrid time: every change of the sender at or below it is in this message
   *     or an earlier one
   * @param changes what happened, at least one
   */
  record Data(long sequence, long completeTime, List<Change> changes) implements Message {
    public Data {
      if (sequence < 1 || completeTime < 0 || changes.isEmpty()) {
        throw new IllegalArgumentException(
            "sequence "
                + sequence
                + ", complete time "
                + completeTime
                + ", "
                + changes.size()
                + " changes");
      }
      changes = List.copyOf(changes);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onData(this);
    }
  }

  /**
   * A sign of life, with what its sender has sent and cleared, so that a lost CLEAR cannot be
   * missed. Floors that do not fit into one datagram arrive as several heartbeats, which add up.
   *
   * @param nodeName the sender's label
   * @param sequence the last sequence number of its stream, 0 before the first
   * @param completeTime see {@link Data#completeTime}
   * @param clearFloors the highest clear that the sender knows of, per cache
   */
  record Heartbeat(String nodeName, long sequence, long completeTime, List<ClearFloor> clearFloors)
      implements Message {
    public Heartbeat {
      if (sequence < 0 || completeTime < 0) {
        throw new IllegalArgumentException(
            "sequence " + sequence + ", complete time " + completeTime);
      }
      clearFloors = List.copyOf(clearFloors);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onHeartbeat(this);
    }
  }

  /**
   * The highest clear of a cache.
   *
   * @param cache the number of the cache
   * @param version nothing at or below it is alive
   */
  record ClearFloor(long cache, Version version) {}

  /**
   * Introduces a member and its caches: sent at the start, when a cache is opened, and when a new
   * member is heard. Caches that do not fit into one datagram arrive as several hellos, which add
   * up.
   *
   * @param nodeName the sender's label
   * @param caches every clustered cache that it has open
   * @param answerWanted whether those who hear it should introduce themselves as well
   */
  record Hello(String nodeName, List<CacheDescription> caches, boolean answerWanted)
      implements Message {
    public Hello {
      caches = List.copyOf(caches);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onHello(this);
    }
  }

  /**
   * A cache in full.
   *
   * @param cache its number, see {@link CacheId}
   * @param name its name; shortened by {@code wire} where it does not fit into a datagram
   * @param mode the name of its mode: {@code invalidate}, {@code update} or {@code replicate}
   */
  record CacheDescription(long cache, String name, String mode) {}

  /** The sender leaves, and means it. */
  record Bye() implements Message {
    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onBye(this);
    }
  }

  /**
   * Tells the writer of a version that its clock is ahead: the version was not taken over.
   *
   * @param origin whose version it was
   * @param time the hybrid time that was refused
   * @param receiverTime the hybrid time of the member that refused it
   */
  record ClockReject(long origin, long time, long receiverTime) implements Message {
    public ClockReject {
      if (time < 0 || receiverTime < 0) {
        throw new IllegalArgumentException("hybrid times " + time + " and " + receiverTime);
      }
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onClockReject(this);
    }
  }
}
