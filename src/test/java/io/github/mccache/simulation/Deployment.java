package io.github.mccache.simulation;

/**
 * How the members of one place in the network run.
 *
 * @param time the clock of the machine
 * @param application the version of the application, empty for none
 * @param opensCaches whether a member opens its caches before it starts
 */
record Deployment(LocalTime time, String application, boolean opensCaches) {

  static Deployment on(LocalTime time) {
    return new Deployment(time, "", true);
  }

  /** Returns the same on a machine whose wall clock is wrong by this much. */
  Deployment withClockAhead(long millis) {
    LocalTime wrong = new LocalTime(time.originNanos(), time.driftPerMillion(), millis);
    return new Deployment(wrong, application, opensCaches);
  }

  Deployment withApplication(String version) {
    return new Deployment(time, version, opensCaches);
  }

  Deployment withoutCaches() {
    return new Deployment(time, application, false);
  }
}
