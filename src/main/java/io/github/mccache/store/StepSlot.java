package io.github.mccache.store;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** The slot over a node whose lock this thread holds. */
final class StepSlot<K, V> implements Slot<K, V> {
  private final Node<K, V> node;
  private final AccessOrder<K, V> order;
  private @Nullable Thread thread = Thread.currentThread();

  StepSlot(Node<K, V> node, AccessOrder<K, V> order) {
    this.node = node;
    this.order = order;
  }

  /** Makes the slot useless. */
  void end() {
    thread = null;
  }

  @Override
  public K key() {
    requireValid();
    return node.key;
  }

  @Override
  public @Nullable V get() {
    requireValid();
    return node.value;
  }

  @Override
  public void set(V value) {
    put(value, weightsOf(value), true);
  }

  @Override
  public Weights weigh(V value) {
    return new Weights(weightsOf(value));
  }

  @Override
  public void set(V value, Weights weights) {
    requireValid();
    put(value, weights.each(), true);
  }

  @Override
  public void setQuietly(V value) {
    put(value, weightsOf(value), false);
  }

  private long[] weightsOf(V value) {
    requireValid();
    requireNonNull(value, "a store has no null values; remove the entry instead");
    return order.weigh(node.key, value);
  }

  private void put(V value, long[] weights, boolean used) {
    node.value = requireNonNull(value, "a store has no null values; remove the entry instead");
    order.put(node, weights, used);
  }

  @Override
  public boolean hasRoomFor(V value) {
    requireValid();
    return order.hasRoom(node, value);
  }

  @Override
  public void replace(V value) {
    requireValid();
    requireNonNull(value, "a store has no null values; remove the entry instead");
    if (node.value == null) {
      throw new IllegalStateException("there is no entry to replace");
    }
    node.value = value;
  }

  @Override
  public void remove() {
    requireValid();
    order.remove(node); // first: an entry may lack its place, but not a place its entry
    node.value = null;
  }

  @Override
  public void touch() {
    requireValid();
    order.recordUse(node);
  }

  private void requireValid() {
    if (thread != Thread.currentThread()) {
      throw new IllegalStateException(
          "a slot is valid only inside its step and in the thread that runs it; take what is"
              + " needed out of it before the step ends");
    }
  }
}
