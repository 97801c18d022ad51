package io.github.mccache.node;

import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.EncodedChanges.Held;
import io.github.mccache.node.RemoteChanges.Arrival;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies changes that need code of the application: their keys are decoded by it or by Java
 * deserialization, or the cache has a weigher. The event loop only stores such changes. The
 * member's decoding thread applies them; an operation of the application that comes first applies
 * them itself before it looks at its own key, so that it sees every change that has arrived. A
 * reader does not wait for a change that another thread is decoding but decodes it once more: a
 * change that is applied twice has the effect of one.
 *
 * <p>A change whose key cannot be decoded is tried again when the codecs of the cache have learned
 * a class; an operation on a key makes them learn the classes of that key. Until then no entry here
 * can have that key.
 *
 * <p>{@link #keep} is for the thread of the event loop; the rest is for any other.
 */
final class KeyDecoding<K, V> {

  private final StoreState<K, V> state;
  private final BiConsumer<Object, Arrival> apply;
  private final Consumer<Version> distrust;

  /** Threads that decode now; code of the application that they run may use the cache. */
  private final Set<Thread> decoding = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** How much the codecs had learned when the unreadable changes were last tried. */
  private final AtomicLong triedAt = new AtomicLong(-1);

  /**
   * Makes a decoder without work.
   *
   * @param apply applies a change to its key
   * @param distrust discards the entries at or below a version
   */
  KeyDecoding(
      StoreState<K, V> state, BiConsumer<Object, Arrival> apply, Consumer<Version> distrust) {
    this.state = state;
    this.apply = apply;
    this.distrust = distrust;
  }

  /** Stores a change until its key is decoded. From now on no reader sees anything older. */
  ApplyOutcome keep(Payload key, Arrival arrival, boolean ahead) {
    Version version = arrival.version();
    if (!version.isAfter(state.clearFloor.get())) {
      return ApplyOutcome.DROPPED;
    }
    state.loads.breakEncoded(key); // now: the key may be decoded after the load has ended
    boolean trusted = arrival.path() == Path.WARM_UP || version.isAfter(state.trustFloor());
    boolean known = state.encoded.knows(key) || state.isKnown(key);
    state.encoded.add(key, arrival, trusted, state.nowMillis());
    Version limit = state.encoded.overflow();
    if (limit != null) {
      state.counters.encodedOverflow();
      distrust.accept(limit);
    }
    schedule();
    if (ahead) {
      return ApplyOutcome.AHEAD_OF_CLOCK;
    }
    boolean stale = !trusted && !known && arrival.path() != Path.DOUBT;
    return stale ? ApplyOutcome.STALE_HISTORY : ApplyOutcome.DEFERRED;
  }

  /** Schedules the decoding thread, unless it is scheduled already. */
  void schedule() {
    if (scheduled.compareAndSet(false, true) && !state.uplink.execute(this::work)) {
      scheduled.set(false);
    }
  }

  private void work() {
    scheduled.set(false);
    catchUp();
    state.names.tidy();
  }

  // ---- before an operation ----

  /**
   * Applies the stored changes; returns whether there are some whose keys cannot be decoded. While
   * nothing is stored, this reads one field.
   */
  boolean catchUp() {
    if (state.encoded.isEmpty()) {
      return false;
    }
    if (state.encoded.hasFresh() || state.codecs.learned() != triedAt.get()) {
      run(false);
    }
    return state.encoded.hasUnreadable();
  }

  /** As {@link #catchUp}, for an operation that is about to change the key, or to load it. */
  void catchUp(Object key) {
    if (catchUp()) {
      learnFrom(key);
    }
  }

  /**
   * Makes the codecs learn the classes of a key of this member; returns whether keys of other
   * members became readable.
   */
  boolean learnFrom(Object key) {
    try {
      state.keys.encode(key); // which learns its classes
    } catch (EncodingException e) {
      return false; // no other member can have it
    }
    return run(true);
  }

  private boolean run(boolean unreadableOnly) {
    Thread thread = Thread.currentThread();
    if (!decoding.add(thread)) {
      return false;
    }
    try {
      if (!unreadableOnly) {
        decodeFresh();
      }
      return retryUnreadable();
    } finally {
      decoding.remove(thread);
    }
  }

  private void decodeFresh() {
    var fresh = state.encoded.fresh();
    for (Held held : fresh) {
      if (held.take()) {
        decode(held, held.arrival());
      }
    }
    for (Held held : fresh) { // those that other threads have taken and not yet applied
      decode(held, held.arrival());
    }
  }

  /** Returns whether a change was applied. */
  private boolean retryUnreadable() {
    long learned = state.codecs.learned();
    if (!state.encoded.hasUnreadable() || triedAt.getAndSet(learned) == learned) {
      return false;
    }
    boolean any = false;
    for (Held held : state.encoded.unreadable()) {
      any |= held.take() && decode(held, held.asKnown());
    }
    return any;
  }

  // ---- one key ----

  private boolean decode(Held held, Arrival arrival) {
    long learned = state.codecs.learned();
    try {
      Object key = decode(held.key());
      if (key != null && state.encoded.holds(held)) {
        apply.accept(key, arrival);
        if (state.isOpaque(held.key())) {
          state.names.put(
              held.key(), key); // before the change is removed: readers find one of them
        }
      }
      state.encoded.remove(held);
      return key != null;
    } catch (DecodingException e) {
      if (state.encoded.setAside(held)) {
        state.counters.undecodable(e, false);
      }
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      if (state.encoded.setAside(held)) {
        state.counters.failingKey(e); // its hashCode or equals
      }
    }
    held.giveBack();
    if (state.codecs.learned() != learned) {
      triedAt.set(-1); // a concurrent retry may have read this key before the class was learned
    }
    return false;
  }

  private @Nullable Object decode(Payload payload) {
    return state.received(
        state.codecs.decodeKey(new Encoded(payload.codec(), payload.bytes())), payload);
  }
}
