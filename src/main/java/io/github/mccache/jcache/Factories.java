package io.github.mccache.jcache;

import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/** Has the application's factories make what a cache calls. */
final class Factories {

  private Factories() {}

  /**
   * Returns what a factory makes.
   *
   * @param what it is to make, such as {@code cache loader}
   * @throws IllegalArgumentException if there is no factory, or if it makes null
   */
  static <T> T make(String cacheName, String what, @Nullable Factory<? extends T> factory) {
    String mistake = "cache \"" + cacheName + "\": the factory of its " + what;
    if (factory == null) {
      throw new IllegalArgumentException(mistake + " is null; give the configuration one");
    }
    T product = factory.create();
    if (product == null) {
      throw new IllegalArgumentException(
          mistake + ", " + factory.getClass().getName() + ", made null; it must make an object");
    }
    return product;
  }
}
