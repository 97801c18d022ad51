package io.github.mccache.store;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The nodes by key, and how their key locks are taken and released. Thread-safe. */
final class NodeTable<K, V> {
  private final ConcurrentHashMap<K, Node<K, V>> nodes = new ConcurrentHashMap<>();

  /** Returns the node, which may have no value, or null. Takes no lock. */
  @Nullable Node<K, V> find(K key) {
    return nodes.get(key);
  }

  /** Returns all nodes, with a value or without; weakly consistent. */
  Iterable<Node<K, V>> all() {
    return nodes.values();
  }

  /**
   * Waits until this thread holds the key; returns its node, a new one if none was there.
   *
   * @throws KeyDeadlockException if the wait would never end
   */
  Node<K, V> lock(K key) {
    Thread thread = Thread.currentThread();
    while (true) {
      Node<K, V> node = findOrAdd(key);
      KeyLock lock = node.lock();
      if (lock == null) {
        if (node.tryLock(thread)) {
          return node;
        }
      } else if (lock.owner() == thread) {
        lock.reenter();
        return node;
      } else if (lock.acquire(thread)) {
        return node;
      } else {
        discardIfDead(node, lock);
      }
    }
  }

  /**
   * Takes the key if it is free and returns its node; else leaves the step with the thread that
   * holds it, be it this one, and returns null.
   */
  @Nullable Node<K, V> lockOrDefer(K key, DeferredStep<K, V> step) {
    Thread thread = Thread.currentThread();
    while (true) {
      Node<K, V> node = findOrAdd(key);
      KeyLock lock = node.lock();
      if (lock == null) {
        if (node.tryLock(thread)) {
          return node;
        }
        continue;
      }
      switch (lock.takeOrDefer(thread, () -> step.run(node))) {
        case TAKEN -> {
          return node;
        }
        case QUEUED -> {
          return null;
        }
        case CLOSED -> discardIfDead(node, lock);
      }
    }
  }

  /** A step for whoever holds the lock of the node. Must not throw. */
  interface DeferredStep<K, V> {
    void run(Node<K, V> node);
  }

  /** Takes a node out. */
  void remove(Node<K, V> node) {
    nodes.remove(node.key, node);
  }

  private Node<K, V> findOrAdd(K key) {
    Node<K, V> node = nodes.get(key);
    if (node == null) {
      Node<K, V> created = new Node<>(key);
      node = nodes.putIfAbsent(key, created);
      if (node == null) {
        return created;
      }
    }
    return node;
  }

  /**
   * Takes a node out that kept the closed lock. Its last owner has done so already, unless the key
   * broke its own hash code, or threw or the stack ended at that moment.
   */
  private void discardIfDead(Node<K, V> node, KeyLock closed) {
    if (node.lock() == closed) {
      remove(node);
    }
  }

  /** As {@link #discardIfDead}, of a node that no other thread has reached. */
  void discardIfDead(Node<K, V> node) {
    KeyLock lock = node.lock();
    if (lock != null && lock.isClosed()) {
      discardIfDead(node, lock);
    }
  }
}
