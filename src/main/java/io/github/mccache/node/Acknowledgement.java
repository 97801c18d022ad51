package io.github.mccache.node;

import java.time.Duration;
import java.util.List;

/**
 * A writer's wait until every live member has applied its writes: {@link Node#beginAcknowledged}
 * before the writes, {@link #await} after them, {@link #close} at the end. Confined to one thread,
 * which is not the member's and holds no key while it waits.
 */
public final class Acknowledgement implements AutoCloseable {

  private final EventLoop loop;
  private final MemberClock clock;
  private long time;

  Acknowledgement(EventLoop loop, MemberClock clock) {
    this.loop = loop;
    this.clock = clock;
    loop.acknowledged().expect();
  }

  /**
   * Waits until every live member has applied, or has something newer than, every change that was
   * made here up to now; returns at once where no other member is alive.
   *
   * @return false if that took longer than {@code timeout}
   * @throws InterruptedException if the thread is interrupted before or while it has to wait
   */
  public boolean await(Duration timeout) throws InterruptedException {
    time = clock.last();
    return loop.await(loop.acknowledged(), time, timeout);
  }

  /**
   * Returns the labels of the members that have not acknowledged the changes of a timed-out {@link
   * #await}; empty if all have by now, or if this member's protocol thread does not answer.
   */
  public List<String> missing() {
    return loop.unacknowledged(time);
  }

  /** Ends the request for prompt acknowledgements. */
  @Override
  public void close() {
    loop.acknowledged().expectNoMore();
  }
}
