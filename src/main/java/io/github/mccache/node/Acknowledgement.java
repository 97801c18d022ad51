package io.github.mccache.node;

import java.time.Duration;
import java.util.List;

/**
 * What a writer waits for whose writes are to be applied by every live member before it goes on:
 * {@link Node#beginAcknowledged} before the writes, {@link #await} after them, {@link #close} in
 * the end. For one thread, which is not that of the member and holds no key while it waits.
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
   * made here up to now; returns at once where nobody is alive.
   *
   * @return false if that took longer than {@code timeout}
   * @throws InterruptedException if the thread is interrupted before or while it has to wait
   */
  public boolean await(Duration timeout) throws InterruptedException {
    time = clock.last();
    return loop.await(loop.acknowledged(), time, timeout);
  }

  /**
   * Returns the labels of the members that {@link #await} has waited for in vain and that have not
   * applied the changes yet; empty if all have by now, or the member does not answer.
   */
  public List<String> missing() {
    return loop.unacknowledged(time);
  }

  /** Ends the wish for acknowledgements. */
  @Override
  public void close() {
    loop.acknowledged().expectNoMore();
  }
}
