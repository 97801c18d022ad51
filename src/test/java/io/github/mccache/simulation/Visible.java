package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;

/**
 * A value that a read returns.
 *
 * @param deadlineMillis when its life ends, on the clock of the member
 */
record Visible(Version version, String value, long deadlineMillis) {

  @Override
  public String toString() {
    return version.toString();
  }
}
