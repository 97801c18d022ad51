package io.github.mccache.store;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The nodes that have a value, as entries. Confined to one thread. */
final class EntryIterator<K, V> implements Iterator<Map.Entry<K, V>> {
  private final Iterator<Node<K, V>> nodes;
  private Map.@Nullable Entry<K, V> next;

  EntryIterator(Iterator<Node<K, V>> nodes) {
    this.nodes = nodes;
    this.next = advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Map.Entry<K, V> next() {
    Map.Entry<K, V> entry = next;
    if (entry == null) {
      throw new NoSuchElementException("the iterator is at its end");
    }
    next = advance();
    return entry;
  }

  private Map.@Nullable Entry<K, V> advance() {
    while (nodes.hasNext()) {
      Node<K, V> node = nodes.next();
      V value = node.value;
      if (value != null) {
        return Map.entry(node.key, value);
      }
    }
    return null;
  }
}
