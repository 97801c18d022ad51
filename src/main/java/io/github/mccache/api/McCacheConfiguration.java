package io.github.mccache.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MutableConfiguration} with the settings that only this provider has. What is set here
 * wins over every configuration file; what is null is left to them. Not thread-safe; the provider
 * takes a copy.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public class McCacheConfiguration<K, V> extends MutableConfiguration<K, V> {

  /** The largest value that members send to one another, in bytes. */
  public static final long LARGEST_VALUE_BYTES = 16 << 20;

  private static final long serialVersionUID = 1L;

  private @Nullable Mode mode;
  private @Nullable Long maximumEntries;
  private @Nullable Long maximumBytes;
  private @Nullable Long maximumWeight;
  private transient @Nullable Weigher<? super K, ? super V> weigher;
  private @Nullable Duration timeToLive;
  private @Nullable Long maximumValueBytes;
  private @Nullable Boolean fillAfterMiss;
  private @Nullable Acknowledge acknowledge;
  private @Nullable Duration acknowledgeTimeout;
  private @Nullable OnIsolated onIsolated;
  private @Nullable WarmUp warmUp;
  private transient List<Codec<?>> codecs = new ArrayList<>();

  /** Makes a configuration with the defaults of JSR-107 and nothing else set. */
  public McCacheConfiguration() {}

  /** Makes a copy of any complete configuration, with the settings of this class if it has them. */
  public McCacheConfiguration(CompleteConfiguration<K, V> configuration) {
    super(configuration);
    if (configuration instanceof McCacheConfiguration<K, V> that) {
      mode = that.mode;
      maximumEntries = that.maximumEntries;
      maximumBytes = that.maximumBytes;
      maximumWeight = that.maximumWeight;
      weigher = that.weigher;
      timeToLive = that.timeToLive;
      maximumValueBytes = that.maximumValueBytes;
      fillAfterMiss = that.fillAfterMiss;
      acknowledge = that.acknowledge;
      acknowledgeTimeout = that.acknowledgeTimeout;
      onIsolated = that.onIsolated;
      warmUp = that.warmUp;
      codecs = new ArrayList<>(that.codecs());
    }
  }

  /** Returns what the cache sends to other members, null if the files decide. */
  public @Nullable Mode mode() {
    return mode;
  }

  /** Sets what the cache sends to other members. */
  public McCacheConfiguration<K, V> setMode(Mode newMode) {
    mode = Objects.requireNonNull(newMode, "mode");
    return this;
  }

  /** Returns the bound on the number of entries, null if the files decide. */
  public @Nullable Long maximumEntries() {
    return maximumEntries;
  }

  /**
   * Sets the bound on the number of entries.
   *
   * @throws IllegalArgumentException for less than 1
   */
  public McCacheConfiguration<K, V> setMaximumEntries(long entries) {
    maximumEntries = positive("maximum entries", entries);
    return this;
  }

  /**
   * Returns the bound on the bytes of all keys and values as they would travel, null if the files
   * decide.
   */
  public @Nullable Long maximumBytes() {
    return maximumBytes;
  }

  /**
   * Sets the bound on the bytes of all keys and values as they would travel, plus a fixed overhead
   * per entry.
   *
   * @throws IllegalArgumentException for less than 1
   */
  public McCacheConfiguration<K, V> setMaximumBytes(long bytes) {
    maximumBytes = positive("maximum bytes", bytes);
    return this;
  }

  /** Returns the bound on the sum of all weights, null if there is none. */
  public @Nullable Long maximumWeight() {
    return maximumWeight;
  }

  /** Returns the weigher, null if there is none. */
  public @Nullable Weigher<? super K, ? super V> weigher() {
    return weigher;
  }

  /**
   * Sets a bound on the sum of the weights of all entries.
   *
   * @throws IllegalArgumentException for less than 1
   */
  public McCacheConfiguration<K, V> setMaximumWeight(
      long weight, Weigher<? super K, ? super V> newWeigher) {
    maximumWeight = positive("maximum weight", weight);
    weigher = Objects.requireNonNull(newWeigher, "weigher");
    return this;
  }

  /**
   * Returns how long an entry lives after a write, null if the files or the expiry policy decide.
   */
  public @Nullable Duration timeToLive() {
    return timeToLive;
  }

  /**
   * Sets how long an entry lives after a write, instead of the expiry policy.
   *
   * @throws IllegalArgumentException for zero or less
   */
  public McCacheConfiguration<K, V> setTimeToLive(Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("time to live " + duration + " is not above zero");
    }
    timeToLive = duration;
    return this;
  }

  /**
   * Returns the size in bytes above which a value is not sent, only invalidated; null if the files
   * decide.
   */
  public @Nullable Long maximumValueBytes() {
    return maximumValueBytes;
  }

  /**
   * Sets the size in bytes above which a value is not sent to other members, which then forget the
   * key.
   *
   * @throws IllegalArgumentException for less than 1, and for more than {@link
   *     #LARGEST_VALUE_BYTES}, which members do not put together whatever is set
   */
  public McCacheConfiguration<K, V> setMaximumValueBytes(long bytes) {
    if (bytes > LARGEST_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "maximum value bytes "
              + bytes
              + " is above "
              + LARGEST_VALUE_BYTES
              + ", the largest value that members send");
    }
    maximumValueBytes = positive("maximum value bytes", bytes);
    return this;
  }

  /** Returns which members a write waits for, null if the files decide. */
  public @Nullable Acknowledge acknowledge() {
    return acknowledge;
  }

  /** Sets which members a write waits for. */
  public McCacheConfiguration<K, V> setAcknowledge(Acknowledge newAcknowledge) {
    acknowledge = Objects.requireNonNull(newAcknowledge, "acknowledge");
    return this;
  }

  /** Returns how long a write waits at most, null if the files decide. */
  public @Nullable Duration acknowledgeTimeout() {
    return acknowledgeTimeout;
  }

  /**
   * Sets how long a write waits at most.
   *
   * @throws IllegalArgumentException for zero or less
   */
  public McCacheConfiguration<K, V> setAcknowledgeTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("acknowledge timeout " + timeout + " is not above zero");
    }
    acknowledgeTimeout = timeout;
    return this;
  }

  /**
   * Returns whether a put by the thread that has just missed the key is a load, null if the files
   * decide.
   */
  public @Nullable Boolean fillAfterMiss() {
    return fillAfterMiss;
  }

  /**
   * Sets whether a {@code put}, {@code putIfAbsent} or {@code getAndPut} by the thread that has
   * just missed that key is a load and not a write: it is stored only if the key has not changed
   * since the miss, and in the modes {@code invalidate} and {@code update} other members are sent
   * nothing. It has no effect on a cache that writes through.
   */
  public McCacheConfiguration<K, V> setFillAfterMiss(boolean newFillAfterMiss) {
    fillAfterMiss = newFillAfterMiss;
    return this;
  }

  /** Returns what a read gives where the others are lost, null if the files decide. */
  public @Nullable OnIsolated onIsolated() {
    return onIsolated;
  }

  /** Sets what a read gives where the others are lost. */
  public McCacheConfiguration<K, V> setOnIsolated(OnIsolated newOnIsolated) {
    onIsolated = Objects.requireNonNull(newOnIsolated, "on isolated");
    return this;
  }

  /** Returns how this cache comes to its entries on a member that joins, null if files decide. */
  public @Nullable WarmUp warmUp() {
    return warmUp;
  }

  /** Sets how this cache comes to its entries on a member that joins. */
  public McCacheConfiguration<K, V> setWarmUp(WarmUp newWarmUp) {
    warmUp = Objects.requireNonNull(newWarmUp, "warm-up");
    return this;
  }

  /**
   * Returns the codecs for this cache's keys and values, in the order in which they were added, as
   * a copy.
   */
  public List<Codec<?>> codecs() {
    return codecs == null ? List.of() : List.copyOf(codecs);
  }

  /** Adds a codec for keys or values of this cache. */
  public McCacheConfiguration<K, V> addCodec(Codec<?> codec) {
    if (codecs == null) {
      codecs = new ArrayList<>();
    }
    codecs.add(Objects.requireNonNull(codec, "codec"));
    return this;
  }

  private static Long positive(String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " " + value + " is not 1 or more");
    }
    return value;
  }
}
