package io.github.mccache.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One key of the table: its value, its lock while in use, and its place in the access order. The
 * package documentation lists which lock guards which field.
 */
final class Node<K, V> {
  private static final VarHandle LOCK;

  static {
    try {
      LOCK = MethodHandles.lookup().findVarHandle(Node.class, "lock", KeyLock.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final K key;
  volatile @Nullable V value; // null: no entry; written under the key lock
  volatile @Nullable KeyLock lock; // a field, for where no stack is left for a call

  // Written under the key lock and the lock of the access order, read under either.
  long @Nullable [] weights; // null: not in the access order

  // Guarded by the lock of the access order.
  @Nullable Node<K, V> older;
  @Nullable Node<K, V> newer;

  Node(K key) {
    this.key = key;
  }

  /** Takes the lock if no thread holds or wants it, not even this one. */
  boolean tryLock(Thread thread) {
    return lock == null && LOCK.compareAndSet(this, null, new KeyLock(thread));
  }

  /** Takes the lock over if its owner {@linkplain KeyLock#abandoned abandoned} it. */
  boolean takeOver(Thread thread) {
    KeyLock present = lock;
    return present != null && present.takeOver(thread);
  }

  /** Returns the lock in use, or the closed one of a node that has left the table, or null. */
  @Nullable KeyLock lock() {
    return lock;
  }
}
