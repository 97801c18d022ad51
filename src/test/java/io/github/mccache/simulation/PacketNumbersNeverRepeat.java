package io.github.mccache.simulation;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A packet number is used once by an incarnation, for it is the nonce of a seal (S9). Not in order:
 * what is held until an address is confirmed goes after what was encoded later.
 */
final class PacketNumbersNeverRepeat implements Invariant {

  private final Map<Speaker, BitSet> used = new HashMap<>();

  @Override
  public void onSent(Datagram datagram) {
    int number = Math.toIntExact(datagram.opened().packetNumber());
    BitSet before = used.computeIfAbsent(Speaker.of(datagram), first -> new BitSet());
    if (before.get(number)) {
      throw violated("%s sends packet %d a second time", datagram.from(), number);
    }
    before.set(number);
  }
}
