package io.github.mccache.codec;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** Where bytes come from, as far as it matters to decoding. Immutable; holds no class loader. */
final class Origin {

  /** From elsewhere, and decoded once: the stream need not be scanned again. */
  static final Origin CHECKED = new Origin(null, null);

  private final @Nullable AllowedClasses cache;
  private final WeakReference<@Nullable ClassLoader> loader;

  private Origin(@Nullable AllowedClasses cache, @Nullable ClassLoader loader) {
    this.cache = cache;
    this.loader = new WeakReference<>(loader);
  }

  /** Returns the origin of what was encoded in a cache from an object of this class. */
  static Origin in(AllowedClasses cache, Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return new Origin(cache, loader == ClassLoader.getPlatformClassLoader() ? null : loader);
  }

  /**
   * Returns whether the bytes were made in this cache, so that their classes need no permission.
   */
  boolean isOf(AllowedClasses other) {
    return cache == other;
  }

  /**
   * Returns the class loader of the object that was encoded; null if unknown, gone or the JDK's.
   */
  @Nullable ClassLoader loader() {
    return loader.get();
  }
}
