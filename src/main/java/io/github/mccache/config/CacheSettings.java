package io.github.mccache.config;

import io.github.mccache.api.Acknowledge;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.api.WarmUp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What holds for one cache. Immutable.
 *
 * @param mode what it tells other members
 * @param maximumEntries the bound on entries, 1 or more; {@link Long#MAX_VALUE} is none
 * @param maximumEntriesByDefault whether that bound is the built-in one because nobody set any
 *     bound: the first eviction then deserves a warning that names the setting
 * @param maximumBytes the bound on bytes as they would travel, empty for none
 * @param timeToLive how long an entry lives after a write, empty if the expiry policy decides
 * @param fillAfterMiss whether a put by the thread that has just missed the key is a fill
 * @param acknowledge whom a write waits for
 * @param acknowledgeTimeout and how long at most, above zero
 * @param maxValueBytes the largest value that is sent, 1 or more
 * @param onIsolated what a read gives on a member that has lost the others
 * @param warmUp how a member that joins comes to its entries
 * @param callbackWindow how recent a read must be to count in events, zero for never
 * @param statistics whether the statistics MXBean is wanted whatever the application says
 * @param management whether the management MXBean is wanted whatever the application says
 * @param templates the names and patterns that matched the cache, the strongest first
 */
public record CacheSettings(
    Mode mode,
    long maximumEntries,
    boolean maximumEntriesByDefault,
    OptionalLong maximumBytes,
    Optional<Duration> timeToLive,
    boolean fillAfterMiss,
    Acknowledge acknowledge,
    Duration acknowledgeTimeout,
    long maxValueBytes,
    OnIsolated onIsolated,
    WarmUp warmUp,
    Duration callbackWindow,
    boolean statistics,
    boolean management,
    List<String> templates) {

  /** Takes a copy of the list. */
  public CacheSettings {
    templates = List.copyOf(templates);
  }

  /**
   * Returns these settings overlaid by what a program set; what is null there stays as it is here.
   * A program that sets a bound on bytes or weight and none on entries does away with the built-in
   * bound on entries.
   */
  public CacheSettings with(McCacheConfiguration<?, ?> configuration) {
    Mode newMode = configuration.mode();
    Long entries = configuration.maximumEntries();
    Long bytes = configuration.maximumBytes();
    Long valueBytes = configuration.maximumValueBytes();
    boolean bounded = bytes != null || configuration.maximumWeight() != null;
    long newEntries =
        entries != null
            ? entries
            : bounded && maximumEntriesByDefault ? Long.MAX_VALUE : maximumEntries;
    return new CacheSettings(
        newMode == null ? mode : newMode,
        newEntries,
        maximumEntriesByDefault && entries == null && !bounded,
        bytes == null ? maximumBytes : OptionalLong.of(bytes),
        Optional.ofNullable(configuration.timeToLive()).or(() -> timeToLive),
        Objects.requireNonNullElse(configuration.fillAfterMiss(), fillAfterMiss),
        Objects.requireNonNullElse(configuration.acknowledge(), acknowledge),
        Objects.requireNonNullElse(configuration.acknowledgeTimeout(), acknowledgeTimeout),
        valueBytes == null ? maxValueBytes : valueBytes,
        Objects.requireNonNullElse(configuration.onIsolated(), onIsolated),
        Objects.requireNonNullElse(configuration.warmUp(), warmUp),
        callbackWindow,
        statistics,
        management,
        templates);
  }
}
