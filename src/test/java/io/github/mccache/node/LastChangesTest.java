package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import org.junit.jupiter.api.Test;

class LastChangesTest {

  private static final Version VERSION = new Version(5, 6);
  private static final Payload KEY = new Payload(1, new byte[] {7});
  private static final Payload VALUE = new Payload(1, new byte[] {8});

  @Test
  void withoutValue_write_isAnInvalidationOfItsVersion() {
    assertThat(LastChanges.withoutValue(Change.put(1, VERSION, KEY, VALUE, 9)))
        .isEqualTo(Change.invalidate(1, VERSION, KEY));
  }

  @Test
  void withoutValue_loadedValue_isNothing() {
    assertThat(LastChanges.withoutValue(Change.fill(1, VERSION, KEY, VALUE, 9))).isNull();
  }

  @Test
  void withoutValue_whatHasNoValue_staysAsItIs() {
    Change removal = Change.remove(1, VERSION, KEY);
    Change clear = Change.clear(1, VERSION);

    assertThat(LastChanges.withoutValue(removal)).isEqualTo(removal);
    assertThat(LastChanges.withoutValue(clear)).isEqualTo(clear);
  }
}
