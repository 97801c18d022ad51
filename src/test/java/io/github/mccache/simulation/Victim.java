package io.github.mccache.simulation;

import io.github.mccache.node.MemberClock;
import io.github.mccache.node.SteppedNode;
import io.github.mccache.protocol.NodeId;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * A member that no other receives, and that receives what was corrupted on its way: it must not
 * throw.
 */
final class Victim {

  private final SteppedNode node;
  private final SimulatedTransport.Address unknown = new SimulatedTransport.Address(null, 0);

  Victim(Scenario scenario, LongSupplier nanoTime) {
    this.node =
        new SteppedNode(
            SimulatedMember.options("victim", "", scenario, new SplittableRandom(1)),
            new NodeId(1, 1),
            new SimulatedTransport((bytes, to) -> {}),
            new MemberClock(() -> Instant.EPOCH, nanoTime),
            scenario.inboxDatagrams(),
            UnaryOperator.identity(),
            SteppedNode.Observer.NONE);
    node.start();
  }

  void read(byte[] datagram) {
    node.offer(datagram, unknown);
    node.round();
  }
}
