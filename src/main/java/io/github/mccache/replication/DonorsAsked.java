package io.github.mccache.replication;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was asked for in vain: how much of a stream each donor had when it was asked, so that it is
 * asked again only when it has more; and how often the origin of a stream itself was asked without
 * progress, so that it is asked ever more rarely. Confined to the thread of {@link Replica}.
 */
final class DonorsAsked {

  private static final int MAX_REMEMBERED = 4_096;
  private static final long FIRST_PAUSE_NANOS = 50_000_000;
  private static final int DOUBLINGS = 5;

  private final Map<Asked, Long> asked = new LinkedHashMap<>();
  private final Map<Long, Pause> pauses = new LinkedHashMap<>();

  /** A donor that was asked for more of a stream. */
  private record Asked(long origin, long donor) {}

  /** The origin of a stream gave nothing that helped. */
  private record Pause(int times, long untilNanos) {}

  /**
   * A donor was asked when it had so much of a stream. Whatever it did not give then it will not
   * give, because it does not trust what is as old as that itself.
   */
  void remember(long origin, long donor, long sequence) {
    asked.merge(new Asked(origin, donor), sequence, Math::max);
    dropEldest(asked);
  }

  /** Returns how much of a stream a donor had when it was asked last, 0 if it was not. */
  long had(long origin, long donor) {
    return asked.getOrDefault(new Asked(origin, donor), 0L);
  }

  /** A donor did not give what it was asked for. */
  void onFailed(long donor) {
    asked.keySet().removeIf(each -> each.donor() == donor);
  }

  /**
   * The origin of a broken stream was asked for state.
   *
   * @param progress whether the stream moved on by that
   * @return whether that is news: it is not when it made no progress before either
   */
  boolean onAsked(long origin, boolean progress, long nowNanos) {
    Pause before = pauses.remove(origin);
    if (progress) {
      return true;
    }
    int times = before == null ? 0 : before.times;
    long pause = FIRST_PAUSE_NANOS << Math.min(DOUBLINGS, times);
    pauses.put(origin, new Pause(times + 1, nowNanos + pause));
    dropEldest(pauses);
    return times == 0;
  }

  /** Returns whether the origin of a broken stream may be asked once more. */
  boolean mayAsk(long origin, long nowNanos) {
    Pause pause = pauses.get(origin);
    return pause == null || nowNanos - pause.untilNanos >= 0;
  }

  /** Somebody came or came back: all may be asked again. */
  void forget() {
    asked.clear();
    pauses.clear();
  }

  private static void dropEldest(Map<?, ?> map) {
    if (map.size() > MAX_REMEMBERED) {
      map.remove(map.keySet().iterator().next());
    }
  }
}
