package io.github.mccache.simulation;

import org.jspecify.annotations.Nullable;

/** Nothing at or below a clear that a member was told is served there (S6). */
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
