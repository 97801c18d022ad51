package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * Per member and key, versions never go down, except to a miss: what is served is not older than
 * anything that the member has received (S3).
 */
final class VersionsOnlyGoUp implements Invariant {

  private final Simulation simulation;

  VersionsOnlyGoUp(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    Version received = member.knowledge().told(place);
    if (visible != null && received.isAfter(visible.version())) {
      throw violated(
          "%s serves %s of %s, and has received %s",
          member,
          Transcript.text(simulation, visible.version()),
          place,
          Transcript.text(simulation, received));
    }
  }
}
