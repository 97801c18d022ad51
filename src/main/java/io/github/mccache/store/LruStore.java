package io.github.mccache.store;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A map in the heap of this process that evicts its least recently used entries when it exceeds one
 * of its bounds. Thread-safe. Neither keys nor values are null; keys are compared by {@code
 * equals}.
 *
 * <p><b>Recency.</b> As seen by one thread the order is exactly that of use: put a, b and c into a
 * store of three, get a, put d, and b is gone. While several threads compete, some uses may be
 * forgotten or change places with others of about the same time.
 *
 * <p><b>Atomicity.</b> All changes of a key go through {@link #compute} and {@link
 * #computeWhenFree}, one at a time. The lock that they hold is that key's own: a step may be slow,
 * block, throw, or call the store again, for its own key too, and no other key is hindered. A read
 * waits for nothing.
 *
 * <p><b>Eviction.</b> An operation that leaves the store above a bound evicts before it returns,
 * once it has released its key. A key on which some thread works at that moment is passed over;
 * when that work is done, the store is looked at again. So all bounds hold when no operation is
 * under way.
 */
public final class LruStore<K, V> {
  final NodeTable<K, V> table = new NodeTable<>(); // tests look whether it is empty at rest
  private final AccessOrder<K, V> order;
  private final EvictionCallback<? super K, ? super V> callback;
  private final Consumer<? super Throwable> uncaught;

  /** Whether a thread may have had no memory left to release a key, see {@link #reclaim}. */
  private volatile boolean abandoned;

  /**
   * Makes an empty store that gives uncaught exceptions to the uncaught-exception handler of the
   * thread at hand, as if they had ended it.
   *
   * @see #LruStore(List, EvictionCallback, Consumer)
   */
  public LruStore(List<Bound<K, V>> bounds, EvictionCallback<? super K, ? super V> callback) {
    this(bounds, callback, LruStore::giveToThread);
  }

  /**
   * Makes an empty store.
   *
   * @param bounds all of them hold; without any, nothing is evicted
   * @param callback called for each eviction
   * @param uncaught given what the callback or a step of {@link #computeWhenFree} throws; called
   *     under the lock of a key, so it must be short
   */
  public LruStore(
      List<Bound<K, V>> bounds,
      EvictionCallback<? super K, ? super V> callback,
      Consumer<? super Throwable> uncaught) {
    this.order = new AccessOrder<>(List.copyOf(bounds));
    this.callback = requireNonNull(callback, "callback");
    this.uncaught = requireNonNull(uncaught, "uncaught");
  }

  /** Returns the value, then the most recently used one, or null if there is none. Never waits. */
  public @Nullable V get(K key) {
    Node<K, V> node = table.find(key);
    if (node == null) {
      return null;
    }
    V value = node.value;
    if (value != null) {
      order.recordUse(node);
    }
    return value;
  }

  /** Returns the value, or null if there is none, and leaves recency alone. Never waits. */
  public @Nullable V peek(K key) {
    Node<K, V> node = table.find(key);
    return node == null ? null : node.value;
  }

  /**
   * Runs a step while no other thread can change the key, waiting for the thread that works on it
   * if there is one. A step of the same thread on the same key may be under way: this one runs at
   * once, and what it changes the other sees. An interrupt does not end the wait.
   *
   * @return what the step returns
   * @throws KeyDeadlockException if this thread holds other keys and the wait would never end,
   *     because threads wait for each other's keys, of this store or others; the step has not run
   * @throws RuntimeException what the step throws; what it had changed by then stays changed
   */
  public <R extends @Nullable Object> R compute(K key, Step<K, V, R> step) {
    requireNonNull(step, "step");
    return hold(key, step, true);
  }

  /**
   * Runs a step while no other thread can change the key, and never waits: at once if the key is
   * free, else on the thread that works on the key (this one, possibly), after its work and before
   * it releases the key. Every step runs exactly once, those left for one thread in the order in
   * which they came. What a step throws goes to the store's handler of uncaught exceptions,
   * whichever thread runs it.
   */
  @SuppressWarnings("NullAway") // the step has no result
  public void computeWhenFree(K key, Consumer<? super Slot<K, V>> step) {
    requireNonNull(step, "step");
    this.<@Nullable Void>hold(
        key,
        slot -> {
          step.accept(slot);
          return null;
        },
        false);
  }

  /**
   * Runs a step with the key held, once it is free or, if the step does not wait for that, perhaps
   * on the thread that holds it: then null is returned. Where stack or heap end, even a release may
   * be impossible: what can be done without a call is done, and the next operation does the rest.
   */
  @SuppressWarnings({
    "NullAway", // null only for a step that does not wait, and has no result
    "Finally" // an Error of the release counts more than what the step returns
  })
  private <R extends @Nullable Object> R hold(K key, Step<K, V, R> step, boolean waits) {
    if (abandoned) {
      reclaim();
    }
    Thread thread = Thread.currentThread();
    try {
      Node<K, V> node =
          waits ? table.lock(key) : table.lockOrDefer(key, later -> runGuarded(later, step));
      if (node == null) {
        return null;
      }
      try {
        return waits ? run(node, step) : runGuarded(node, step);
      } finally {
        try {
          release(node);
        } catch (VirtualMachineError e) {
          KeyLock lock = node.lock;
          if (lock != null && lock.owner == thread) {
            lock.abandoned = --lock.depth <= 0;
          }
          throw e;
        }
        evict();
      }
    } catch (VirtualMachineError e) {
      abandoned = true;
      throw e;
    }
  }

  /**
   * Runs an action while no other thread can change any of these keys; within it the steps of
   * {@link #compute} on them run at once. The keys are taken in the order of their hash codes, the
   * same for every caller, so that two such actions wait for each other only where hash codes are
   * equal.
   *
   * @return what the action returns
   * @throws KeyDeadlockException as {@link #compute}; the action has not run
   */
  public <R extends @Nullable Object> R withKeys(Collection<? extends K> keys, Supplier<R> action) {
    List<K> ordered = new ArrayList<>(keys);
    ordered.sort(Comparator.comparingInt(Object::hashCode));
    Thread thread = Thread.currentThread();
    List<Node<K, V>> held = new ArrayList<>(ordered.size());
    try {
      for (K key : ordered) {
        held.add(table.lock(key));
      }
      return action.get();
    } catch (VirtualMachineError e) {
      abandoned = true;
      throw e;
    } finally {
      for (int last = held.size() - 1; last >= 0; last--) {
        Node<K, V> node = held.get(last);
        try {
          release(node);
        } catch (VirtualMachineError e) { // as in hold
          KeyLock lock = node.lock;
          if (lock != null && lock.owner == thread) {
            lock.abandoned = --lock.depth <= 0;
          }
          abandoned = true;
        }
      }
      evict();
    }
  }

  /**
   * Returns the number of entries; while operations are under way, the number of a moment just
   * past.
   */
  public long size() {
    return order.size();
  }

  /**
   * Returns the sum of the weights of all entries. While operations are under way it may be above
   * the bound's maximum.
   *
   * @param bound the index of the bound in the list given to the constructor
   */
  long weight(int bound) {
    return order.total(bound);
  }

  /**
   * Returns the entries, as they are when the iterator meets them, in no particular order: each key
   * at most once, and every key that is there all the while. Leaves recency alone, waits for
   * nothing, and does not remove.
   */
  public Iterator<Map.Entry<K, V>> iterator() {
    return new EntryIterator<>(table.all().iterator());
  }

  private <R extends @Nullable Object> R run(Node<K, V> node, Step<K, V, R> step) {
    StepSlot<K, V> slot = new StepSlot<>(node, order);
    try {
      return step.apply(slot);
    } finally {
      slot.end();
    }
  }

  /**
   * Runs a step whose exceptions must not harm this thread, which may be any. The end of the stack
   * is passed on: it is this thread's fault, and the step is to run again on another one.
   */
  private <R extends @Nullable Object> @Nullable R runGuarded(Node<K, V> node, Step<K, V, R> step) {
    try {
      return run(node, step);
    } catch (StackOverflowError e) {
      throw e;
    } catch (Throwable e) {
      giveAway(e);
      return null;
    }
  }

  /** Undoes one hold of the key; the last one runs what was left for this thread before. */
  private void release(Node<K, V> node) {
    KeyLock lock = requireNonNull(node.lock());
    if (lock.leaveNested()) {
      return;
    }
    while (true) {
      dropIfTooHeavy(node);
      Runnable deferred = lock.nextDeferredOrFree(table, node);
      if (deferred == null) {
        return;
      }
      deferred.run();
      lock.deferredHasRun();
    }
  }

  private void evict() {
    Thread thread = Thread.currentThread();
    while (order.isTooFull()) {
      Node<K, V> victim = order.takeVictim(thread);
      if (victim == null) {
        return;
      }
      try {
        drop(victim);
      } finally {
        release(victim);
      }
    }
  }

  /** Releases the keys, and removes the empty nodes, that threads without memory had to leave. */
  private void reclaim() {
    abandoned = false; // first: what is left behind from now on is for the next look
    Thread thread = Thread.currentThread();
    for (Node<K, V> node : table.all()) {
      if (node.takeOver(thread) || (node.value == null && node.tryLock(thread))) {
        try {
          release(node);
        } catch (VirtualMachineError e) {
          skipDeferred(node, e);
        }
      } else {
        table.discardIfDead(node);
      }
    }
  }

  /** Gives up a step that was left for the owner and that fails for want of memory once more. */
  private void skipDeferred(Node<K, V> node, VirtualMachineError failure) {
    KeyLock lock = requireNonNull(node.lock());
    lock.deferredHasRun();
    lock.abandoned = true;
    abandoned = true;
    giveAway(failure);
  }

  /** Evicts a node that was too heavy for a place in the access order. */
  private void dropIfTooHeavy(Node<K, V> node) {
    if (node.value != null && node.weights == null) {
      drop(node);
    }
  }

  /** Evicts a node, which has left the access order. */
  private void drop(Node<K, V> node) {
    V value = node.value;
    node.value = null;
    if (value == null) {
      return;
    }
    try {
      callback.onEviction(node.key, value);
    } catch (Throwable e) {
      giveAway(e);
    }
  }

  /** Gives what foreign code threw to the handler. */
  private void giveAway(Throwable thrown) {
    try {
      uncaught.accept(thrown);
    } catch (Throwable alsoThrown) {
      if (alsoThrown != thrown) {
        alsoThrown.addSuppressed(thrown);
      }
      giveToThread(alsoThrown);
    }
  }

  private static void giveToThread(Throwable thrown) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } catch (Throwable ignored) {
      // The JVM ignores what such a handler throws, too: no handler is left.
    }
  }
}
