package io.github.mccache;

import io.github.mccache.api.McCache;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/** A cache as a map: each operation is the one of the cache that is nearest to it. */
final class MapOfCache<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {

  private final McCache<K, V> cache;

  MapOfCache(McCache<K, V> cache) {
    this.cache = cache;
  }

  @Override
  public int size() {
    return Math.toIntExact(cache.size());
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean containsKey(Object key) {
    return cache.containsKey((K) key);
  }

  @Override
  @SuppressWarnings("unchecked")
  public @Nullable V get(Object key) {
    return cache.get((K) key);
  }

  @Override
  public @Nullable V put(K key, V value) {
    return cache.getAndPut(key, value);
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    cache.putAll(entries);
  }

  @Override
  @SuppressWarnings("unchecked")
  public @Nullable V remove(Object key) {
    return cache.getAndRemove((K) key);
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean remove(Object key, @Nullable Object value) {
    return value != null && cache.remove((K) key, (V) value);
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    for (; ; ) {
      V present = cache.get(key);
      if (present != null || cache.putIfAbsent(key, value)) {
        return present;
      }
    }
  }

  @Override
  public @Nullable V replace(K key, V value) {
    return cache.getAndReplace(key, value);
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    return cache.replace(key, expected, value);
  }

  @Override
  public void clear() {
    cache.clear();
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return MapOfCache.this.size();
      }

      @Override
      public void clear() {
        cache.clear();
      }

      @Override
      public Iterator<Entry<K, V>> iterator() {
        return entries(cache.iterator());
      }
    };
  }

  private Iterator<Entry<K, V>> entries(Iterator<Cache.Entry<K, V>> iterator) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public Entry<K, V> next() {
        Cache.Entry<K, V> next = iterator.next();
        return new SimpleEntry<>(next.getKey(), next.getValue()) {
          @Override
          public V setValue(V value) {
            cache.put(getKey(), value);
            return super.setValue(value);
          }
        };
      }

      @Override
      public void remove() {
        iterator.remove();
      }
    };
  }
}
