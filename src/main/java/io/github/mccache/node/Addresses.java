package io.github.mccache.node;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where members can be answered: the source of the last datagram that was read of each, by the
 * origin of the member. Above {@value #MAXIMUM_MEMBERS} members, the one whose last datagram is
 * oldest is forgotten: messages to it then go to all. Confined to the thread of the event loop.
 *
 * <p>A source address is easily forged. An address is sent at most {@value #FACTOR} times the bytes
 * that came from it until it has returned a number that was sent to it and nowhere else (RFC 9000,
 * section 8.1). What is beyond that is held for the time of one round trip, within bounds, and is
 * sent when the number has come back.
 */
final class Addresses {

  static final int MAXIMUM_MEMBERS = 1_024;
  static final int FACTOR = 3;
  static final int MOST_HELD_BYTES = 1 << 20;

  /** A datagram that holds a challenge is not longer. */
  static final int CHALLENGE_BYTES = 80;

  private static final long CHALLENGE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_HELD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** One address of a member, and what has passed between it and here. */
  final class Place {

    private final SocketAddress source;
    private final List<byte[]> held = new ArrayList<>();
    private boolean confirmed;
    private long receivedBytes;
    private long sentBytes;
    private long heldBytes;
    private long heldSinceNanos;
    private long token;
    private long challengedNanos;

    private Place(SocketAddress source) {
      this.source = source;
    }

    SocketAddress source() {
      return source;
    }

    /** Returns whether so many bytes may be sent to it; then they count as sent. */
    boolean mayTake(int bytes) {
      return maySend(bytes, CHALLENGE_BYTES);
    }

    /** As {@link #mayTake}, for a challenge, for which all other datagrams leave room. */
    boolean mayTakeChallenge(int bytes) {
      return maySend(bytes, 0);
    }

    private boolean maySend(int bytes, int reserve) {
      boolean may = confirmed || sentBytes + bytes + reserve <= FACTOR * receivedBytes;
      sentBytes += may ? bytes : 0;
      return may;
    }

    /** Keeps a datagram until the address is confirmed; returns whether there was room for it. */
    boolean hold(byte[] datagram, long nowNanos) {
      if (!held.isEmpty() && nowNanos - heldSinceNanos > LONGEST_HELD_NANOS) {
        takeHeld();
      }
      if (heldInAll + datagram.length > MOST_HELD_BYTES) {
        return false;
      }
      if (held.isEmpty()) {
        heldSinceNanos = nowNanos;
      }
      held.add(datagram);
      heldBytes += datagram.length;
      heldInAll += datagram.length;
      return true;
    }

    private List<byte[]> takeHeld() {
      List<byte[]> taken = List.copyOf(held);
      held.clear();
      heldInAll -= heldBytes;
      heldBytes = 0;
      return taken;
    }

    /** Returns the number that it has to return, 0 if that was sent to it a moment ago. */
    long challenge(long nowNanos) {
      if (token != 0 && nowNanos - challengedNanos < CHALLENGE_AGAIN_NANOS) {
        return 0;
      }
      while (token == 0) {
        token = random.nextLong();
      }
      challengedNanos = nowNanos;
      return token;
    }
  }

  private final RandomGenerator random;
  private long heldInAll;

  private final LinkedHashMap<Long, Place> byOrigin =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Place> eldest) {
          boolean tooMany = size() > MAXIMUM_MEMBERS;
          if (tooMany) {
            eldest.getValue().takeHeld();
          }
          return tooMany;
        }
      };

  /**
   * Makes one that knows no address.
   *
   * @param random of numbers that nobody can guess
   */
  Addresses(RandomGenerator random) {
    this.random = random;
  }

  /** A datagram of so many bytes was received of a member. */
  void heard(long origin, SocketAddress source, int bytes) {
    Place place = byOrigin.get(origin);
    if (place == null || !place.source.equals(source)) {
      if (place != null) {
        place.takeHeld();
      }
      place = new Place(source);
      byOrigin.put(origin, place);
    }
    place.receivedBytes += bytes;
  }

  /** Returns where a member can be answered, null if that is not known. */
  @Nullable Place of(long origin) {
    return byOrigin.get(origin);
  }

  /**
   * A member returned a number; returns what was held for its address if it is the one that was
   * sent there.
   */
  List<byte[]> confirm(long origin, SocketAddress source, long token) {
    Place place = byOrigin.get(origin);
    if (place == null || place.token == 0 || place.token != token || !place.source.equals(source)) {
      return List.of();
    }
    place.confirmed = true;
    return place.takeHeld();
  }

  /** Returns how many bytes are held for all addresses together. */
  long heldBytes() {
    return heldInAll;
  }
}
