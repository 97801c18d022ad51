package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import java.util.Arrays;

/**
 * What one member was told, by its application or by others, whatever its store made of it: the
 * measure of what it may serve.
 */
final class Knowledge {

  private final Version[] told;
  private final Version[] shared;
  private final long[] toldAtStep;
  private final Version[] cleared;
  private final long[] clearedAtStep;

  Knowledge(Places places) {
    told = none(places.all().size());
    shared = none(told.length);
    toldAtStep = never(told.length);
    cleared = none(places.caches());
    clearedAtStep = never(cleared.length);
  }

  private static Version[] none(int length) {
    Version[] versions = new Version[length];
    Arrays.fill(versions, Version.NONE);
    return versions;
  }

  private static long[] never(int length) {
    long[] steps = new long[length];
    Arrays.fill(steps, -1);
    return steps;
  }

  /** A load is no news from elsewhere: of two at once the later begun may replace the other. */
  void loaded(Place place, Version version, boolean staysHere) {
    if (version.isAfter(told[place.index()])) {
      told[place.index()] = version;
    }
    if (!staysHere) {
      share(place, version);
    }
  }

  private void share(Place place, Version version) {
    if (version.isAfter(shared[place.index()])) {
      shared[place.index()] = version;
    }
  }

  void hear(Place place, Version version, long step) {
    int index = place.index();
    share(place, version);
    if (version.isAfter(told[index]) && version.isAfter(cleared[place.cache()])) {
      told[index] = version;
      toldAtStep[index] = step;
    }
  }

  void hearClear(int cache, Version version, long step) {
    if (version.isAfter(cleared[cache])) {
      cleared[cache] = version;
      clearedAtStep[cache] = step;
    }
  }

  /** The member starts anew, as one that knows nothing. */
  void forgetAll() {
    Arrays.fill(told, Version.NONE);
    Arrays.fill(shared, Version.NONE);
    Arrays.fill(cleared, Version.NONE);
  }

  /** Returns the highest version of the key that was told. */
  Version told(Place place) {
    return told[place.index()];
  }

  /** As {@link #told}, without the loads of which no other member hears. */
  Version shared(Place place) {
    return shared[place.index()];
  }

  /** Returns the highest clear of the cache that was told. */
  Version cleared(int cache) {
    return cleared[cache];
  }

  /** Returns the last step at which a clear of the cache was told; -1 before. */
  long clearedAtStep(int cache) {
    return clearedAtStep[cache];
  }

  /** Returns the last step at which the key was told something new; -1 before. */
  long keyToldAtStep(Place place) {
    return toldAtStep[place.index()];
  }

  /** Returns the same, with regard to clears of its cache as well. */
  long toldAtStep(Place place) {
    return Math.max(toldAtStep[place.index()], clearedAtStep[place.cache()]);
  }
}
