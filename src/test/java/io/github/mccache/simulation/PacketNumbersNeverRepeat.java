package io.github.mccache.simulation;

import java.util.HashMap;
import java.util.Map;

/** A packet number is used once by an incarnation, for it is the nonce of a seal (S9). */
final class PacketNumbersNeverRepeat implements Invariant {

  private final Map<Speaker, Long> last = new HashMap<>();

  @Override
  public void onSent(Datagram datagram) {
    long number = datagram.opened().packetNumber();
    Long before = last.put(Speaker.of(datagram), number);
    if (before != null && number <= before) {
      throw violated("%s sends packet %d after %d", datagram.from(), number, before);
    }
  }
}
