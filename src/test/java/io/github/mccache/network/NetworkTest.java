package io.github.mccache.network;

import org.junit.jupiter.api.Test;

/** What every build tries; {@link NetworkSoakTest} does the rest, and longer. */
class NetworkTest extends NetworkFixture {

  @Test
  void noFault_everybodyWrites_allBecomeEqual() {
    startMembers(4);
    writeGently();
    Members.pass(2_000);
    stopWriting();
    assertEqualAndAsWritten(System.nanoTime(), EQUAL_WITHIN_MILLIS);
  }

  @Test
  void loss10Percent_everybodyWrites_allBecomeEqual() {
    losesAndBecomesEqual(10, 5_000);
  }

  @Test
  void kill_writerInMidBurst_survivorsBecomeEqual() {
    killsOneInABurst(2_000);
  }

  @Test
  void partition_bothSidesWriteAndRemove_becomeEqualAndNothingComesBack() {
    partsAndHeals(5_000);
  }

  @Test
  void silence_ofMulticastToOne_becomesEqual() {
    hearsNoMulticastForAWhile(4_000);
  }
}
