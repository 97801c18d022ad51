package io.github.mccache.simulation;

import org.jspecify.annotations.Nullable;

/** A member that received a clear serves nothing at or below it (S6). */
final class NothingBelowAClear implements Invariant {

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    if (visible != null && !visible.version().isAfter(member.knowledge().cleared(place.cache()))) {
      throw violated(
          "%s serves %s of %s, cleared at %s",
          member, visible, place, member.knowledge().cleared(place.cache()));
    }
  }
}
