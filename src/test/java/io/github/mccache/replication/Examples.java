package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Values that the tests of this package talk about. */
final class Examples {

  static final long CACHE = 7;
  static final NodeId SELF = new NodeId(1, 1);
  static final NodeId ALICE = new NodeId(2, 2);
  static final NodeId BOB = new NodeId(3, 3);

  private Examples() {}

  static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  static Payload payload(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  static Version version(long millis, long origin) {
    return new Version(HybridTime.ofMillis(millis), origin);
  }

  static Change put(String key, String value, long millis) {
    return Change.put(
        CACHE, version(millis, ALICE.origin()), payload(key), payload(value), Change.ETERNAL);
  }

  static Message.ClearFloor floor(long cache, long millis) {
    return new Message.ClearFloor(cache, version(millis, ALICE.origin()));
  }

  /** Ten bytes for a key and value of no length. */
  static int sizeOf(Change change) {
    Payload key = change.key();
    Payload value = change.value();
    return 10 + (key == null ? 0 : key.bytes().length) + (value == null ? 0 : value.bytes().length);
  }
}
