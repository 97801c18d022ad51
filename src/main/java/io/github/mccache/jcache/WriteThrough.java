package io.github.mccache.jcache;

import java.util.Collection;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the cache's writer, if writing through is on (JSR-107, section 10.2). Thread-safe as far as
 * the writer is.
 */
final class WriteThrough<K, V> {

  private final @Nullable CacheWriter<? super K, ? super V> writer;
  private final Closeables closeables;

  /**
   * Makes one.
   *
   * @param writer of the cache, null if it has none or does not write through
   * @param closeables with what the writer is closed, so that it is not during a call
   */
  WriteThrough(@Nullable CacheWriter<? super K, ? super V> writer, Closeables closeables) {
    this.writer = writer;
    this.closeables = closeables;
  }

  boolean isEnabled() {
    return writer != null;
  }

  @Nullable CacheWriter<? super K, ? super V> writer() {
    return writer;
  }

  /**
   * Writes an entry.
   *
   * @throws CacheWriterException whatever the writer throws, with the cause
   * @throws IllegalStateException once the cache is closed
   */
  void write(K key, V value) {
    if (writer != null) {
      CacheWriter<? super K, ? super V> present = writer;
      translated(() -> present.write(new JCacheEntry<>(key, value)));
    }
  }

  /** Deletes an entry. */
  void delete(K key) {
    if (writer != null) {
      CacheWriter<? super K, ? super V> present = writer;
      translated(() -> present.delete(key));
    }
  }

  /**
   * Writes entries; the writer takes out of the collection what it wrote.
   *
   * @return what went wrong, null if nothing did
   */
  @SuppressWarnings("unchecked") // the API asks for a wildcard that its own users cannot produce
  @Nullable CacheWriterException writeAll(
      Collection<Cache.Entry<? extends K, ? extends V>> entries) {
    if (writer == null) {
      return null;
    }
    CacheWriter<K, V> present = (CacheWriter<K, V>) writer;
    return failureOf(() -> present.writeAll(entries));
  }

  /**
   * Deletes entries; the writer takes out of the collection the keys that it deleted.
   *
   * @return what went wrong, null if nothing did
   */
  @Nullable CacheWriterException deleteAll(Collection<?> keys) {
    if (writer == null) {
      return null;
    }
    CacheWriter<? super K, ? super V> present = writer;
    return failureOf(() -> present.deleteAll(keys));
  }

  private @Nullable CacheWriterException failureOf(Runnable call) {
    try {
      translated(call);
      return null;
    } catch (CacheWriterException e) {
      return e;
    }
  }

  private void translated(Runnable call) {
    closeables.<@Nullable Void>call(
        () -> {
          try {
            call.run();
          } catch (CacheWriterException e) {
            throw e;
          } catch (Exception e) {
            throw new CacheWriterException("the cache writer failed", e);
          }
          return null;
        });
  }
}
