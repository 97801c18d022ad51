package io.github.mccache.node;

import io.github.mccache.protocol.Version;

/**
 * The version of a change, for those above who do not know the protocol. Immutable.
 *
 * @param time hybrid time
 * @param origin the first 64 bits of the writer's incarnation
 */
public record ChangeVersion(long time, long origin) {

  static ChangeVersion of(Version version) {
    return new ChangeVersion(version.time(), version.origin());
  }
}
