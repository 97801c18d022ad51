package io.github.mccache.simulation;

import io.github.mccache.protocol.Payload;
import java.nio.charset.StandardCharsets;

/** A key of a cache. */
record Place(long cache, String key) {

  Payload payload() {
    return new Payload(1, key.getBytes(StandardCharsets.UTF_8));
  }

  static Place of(long cache, Payload key) {
    return new Place(cache, new String(key.bytes(), StandardCharsets.UTF_8));
  }
}
