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
 * Unicast addresses of members: for each origin, the source of the last datagram that was received
 * from it. Above {@value #MAXIMUM_MEMBERS} members, the address that was used least recently is
 * discarded; messages to that member are then multicast. Confined to the thread of the event loop.
 *
 * <p>A source address is easily forged. Until an address has returned a random token that was sent
 * to it alone, it receives at most {@value #FACTOR} times the bytes that came from it (RFC 9000,
 * section 8.1). Datagrams above that are held for about a round trip, within bounds, and are sent
 * when the token returns.
 */
final class Addresses {

  static final int MAXIMUM_MEMBERS = 1_024;
  static final int FACTOR = 3;
  static final int MOST_HELD_BYTES = 1 << 20;

  /** A datagram that holds a challenge is not longer. */
  static final int CHALLENGE_BYTES = 80;

  private static final long CHALLENGE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_HELD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** One address of a member, with the bytes received from it and sent to it. */
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

    /** Returns whether so many bytes may be sent to it; if so, they count as sent. */
    boolean mayTake(int bytes) {
      return maySend(bytes, CHALLENGE_BYTES);
    }

    /** As {@link #mayTake}, for a challenge; all other datagrams leave room for one. */
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

    /** Returns the token that it has to return, 0 if that was sent a moment ago. */
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
   * Makes one without addresses.
   *
   * @param random draws tokens that cannot be guessed
   */
  Addresses(RandomGenerator random) {
    this.random = random;
  }

  /** A datagram of so many bytes was received from a member. */
  void onDatagram(long origin, SocketAddress source, int bytes) {
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

  /** Returns the address of a member, null if none is known. */
  @Nullable Place of(long origin) {
    return byOrigin.get(origin);
  }

  /**
   * A member returned a token; returns the datagrams that were held for its address if the token is
   * the one that was sent there.
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
