package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;

/**
 * Once all members agree, they send no more than heartbeats and comparisons (S10). Each heartbeat
 * may be sent once more, to a member that does not seem to receive it.
 */
final class QuietIsHeartbeatsOnly implements Invariant {

  private static final int HEARTBEAT_BYTES = 200;
  private static final int BYTES_PER_ORIGIN = 40;
  private static final int HEARTBEATS_PER_SECOND = 2;
  private static final int SCRUBS_PER_SECOND = 1;

  /** What a member that is found dead, or a cache that was opened late, may still cause. */
  private static final int SLACK_BYTES_PER_SECOND = 500;

  private static final long NEWCOMER_NANOS = 30 * Scenario.SECOND;

  /** On average; and the pieces that are sent twice. */
  private static final int BYTES_PER_BURST_KEY = 400;

  private final Simulation simulation;
  private long bytes;
  private long otherBytes;
  private long beganNanos;

  QuietIsHeartbeatsOnly(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onSent(Datagram datagram) {
    if (simulation.isQuiet()) {
      bytes += datagram.bytes().length;
      for (Message message : datagram.messages()) {
        if (!(message instanceof Message.Heartbeat || message instanceof Message.Scrub)) {
          otherBytes += datagram.bytes().length;
          break;
        }
      }
    }
  }

  @Override
  public void atBeginOfQuiet() {
    bytes = 0;
    otherBytes = 0;
    beganNanos = simulation.nowNanos();
  }

  @Override
  public void atEndOfQuiet() {
    int members = simulation.running().size();
    int origins = 0;
    for (SimulatedMember member : simulation.running()) {
      origins = Math.max(origins, 1 + member.replica().footprint().get("streams").intValue());
    }
    long perMember =
        2 * HEARTBEATS_PER_SECOND * (HEARTBEAT_BYTES + (long) BYTES_PER_ORIGIN * origins)
            + SCRUBS_PER_SECOND * (long) simulation.scenario().datagramBytes()
            + SLACK_BYTES_PER_SECOND;
    long seconds = (simulation.nowNanos() - beganNanos) / Scenario.SECOND;
    if (bytes > members * perMember * seconds + ofNewcomers()) {
      throw violated(
          "%d members sent %d bytes in %d s of quiet, %d of them no signs of life",
          members, bytes, seconds, otherBytes);
    }
  }

  /**
   * A cache that refused what is older than its opening pulls everything from the members that sent
   * that, from one each five seconds: with the keys of bursts more than the slack.
   */
  private long ofNewcomers() {
    long newcomers =
        simulation.running().stream().filter(member -> member.ageNanos() < NEWCOMER_NANOS).count();
    return newcomers * simulation.scenario().burstKeys() * BYTES_PER_BURST_KEY;
  }
}
