package io.github.mccache.benchmark;

/**
 * A map under test, reduced to what the benchmarks call. Thread-safe. One JVM uses one
 * implementation, so the calls are inlined.
 */
interface Table extends AutoCloseable {

  /** Returns the value, null for a miss. */
  String get(String key);

  /** Writes a value. */
  void put(String key, String value);

  @Override
  default void close() {}
}
