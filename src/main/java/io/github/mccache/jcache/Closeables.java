package io.github.mccache.jcache;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what the application gave to a cache and made closeable: loader, writer, expiry policy,
 * listeners (JSR-107, section 4.1.1). Each once; what they throw is logged.
 */
final class Closeables {

  private static final Logger LOG = LoggerFactory.getLogger(Closeables.class);

  private final String cacheName;
  private final Set<Object> closed = Collections.newSetFromMap(new IdentityHashMap<>());

  Closeables(String cacheName) {
    this.cacheName = cacheName;
  }

  synchronized void close(@Nullable Object... candidates) {
    for (Object candidate : candidates) {
      if (candidate instanceof AutoCloseable closeable && closed.add(closeable)) {
        try {
          closeable.close();
        } catch (Throwable e) {
          LOG.warn("Cache {}: closing {} failed", cacheName, closeable.getClass().getName(), e);
        }
      }
    }
  }
}
