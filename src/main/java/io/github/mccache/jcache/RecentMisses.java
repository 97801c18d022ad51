package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which thread has missed which key not long ago, with the place in history of that miss: a put
 * that follows is the end of a load ({@code fill-after-miss}). A miss counts for one put, for
 * {@value #LIFE_MILLIS} ms, and as long as fewer than {@value #MOST_PER_STRIPE} others have come
 * after it among the threads of its stripe; then the put is an ordinary write. Holds thread numbers
 * and no threads, and no thread holds anything of it. Thread-safe.
 */
final class RecentMisses<K> {

  static final long LIFE_MILLIS = 60_000;
  static final int MOST_PER_STRIPE = 1_024;
  private static final int STRIPES = 16;

  private final CoherentStore<K, ?> store;
  private final Stripe<K>[] stripes;

  private record Miss<K>(long thread, K key) {}

  private record Begun(CoherentStore.Load load, long atMillis) {}

  /** The misses of some threads, the eldest first. */
  private static final class Stripe<K> {

    private final Map<Miss<K>, Begun> misses = new LinkedHashMap<>(); // guarded by this

    synchronized void add(Miss<K> miss, Begun begun) {
      close(misses.remove(miss));
      misses.put(miss, begun);
      Iterator<Begun> eldest = misses.values().iterator();
      while (eldest.hasNext()) {
        Begun oldest = eldest.next();
        if (misses.size() <= MOST_PER_STRIPE && !isOver(oldest, begun.atMillis())) {
          return;
        }
        close(oldest);
        eldest.remove();
      }
    }

    synchronized CoherentStore.@Nullable Load take(Miss<K> miss, long nowMillis) {
      Begun begun = misses.remove(miss);
      if (begun != null && isOver(begun, nowMillis)) {
        close(begun);
        return null;
      }
      return begun == null ? null : begun.load();
    }

    private static boolean isOver(Begun begun, long nowMillis) {
      return nowMillis - begun.atMillis() >= LIFE_MILLIS;
    }

    private static void close(@Nullable Begun begun) {
      if (begun != null) {
        begun.load().close();
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of stripes alone
  RecentMisses(CoherentStore<K, ?> store) {
    this.store = store;
    this.stripes = new Stripe[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe<>();
    }
  }

  /**
   * Notes that the calling thread has missed a key.
   *
   * @param key one that may be kept
   */
  void add(K key) {
    long thread = Thread.currentThread().getId();
    CoherentStore.Load load = store.beginLoad(key);
    stripe(thread).add(new Miss<>(thread, key), new Begun(load, store.nowMillis()));
  }

  /**
   * Takes the miss of a key by the calling thread, null if there was none not long ago. The caller
   * closes it.
   */
  CoherentStore.@Nullable Load take(K key) {
    long thread = Thread.currentThread().getId();
    return stripe(thread).take(new Miss<>(thread, key), store.nowMillis());
  }

  /** Forgets a miss of the calling thread: what it does next is no load. */
  void forget(K key) {
    CoherentStore.Load load = take(key);
    if (load != null) {
      load.close();
    }
  }

  private Stripe<K> stripe(long thread) {
    return stripes[(int) (thread & (STRIPES - 1))];
  }
}
