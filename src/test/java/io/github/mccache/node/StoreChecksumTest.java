package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Encoded;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoreChecksumTest {

  private static Encoded encoded(int codec, int... bytes) {
    byte[] content = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    return new Encoded(codec, content);
  }

  private static long hashOf(Encoded... keysAndValues) {
    Checksum checksum = new Checksum();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      checksum.add(keysAndValues[i], keysAndValues[i + 1]);
    }
    return checksum.hash();
  }

  @Test
  void hash_sameEntriesInAnotherOrder_isTheSame() {
    Encoded a = encoded(1, 1);
    Encoded b = encoded(1, 2);

    assertThat(hashOf(a, b, b, a)).isEqualTo(hashOf(b, a, a, b));
  }

  @Test
  void hash_keyAndValueChangePlacesOrBoundsOrCodecs_isAnother() {
    Set<Long> hashes = new HashSet<>();
    hashes.add(hashOf());
    hashes.add(hashOf(encoded(1, 1), encoded(1, 2)));
    hashes.add(hashOf(encoded(1, 2), encoded(1, 1)));
    hashes.add(hashOf(encoded(1, 1, 2), encoded(1)));
    hashes.add(hashOf(encoded(1), encoded(1, 1, 2)));
    hashes.add(hashOf(encoded(2, 1), encoded(1, 2)));
    hashes.add(hashOf(encoded(1, 1), encoded(2, 2)));
    hashes.add(hashOf(encoded(1, 1), encoded(1, 3)));
    hashes.add(hashOf(encoded(1, 1), encoded(1, 2), encoded(1, 1), encoded(1, 2)));

    assertThat(hashes).hasSize(9);
  }

  /** The sum must not cancel out: as many entries, the same bytes, dealt differently. */
  @Test
  void hash_valuesAreExchangedBetweenKeys_isAnother() {
    Encoded one = encoded(1, 1);
    Encoded two = encoded(1, 2);
    Encoded x = encoded(1, 120);
    Encoded y = encoded(1, 121);

    assertThat(hashOf(one, x, two, y)).isNotEqualTo(hashOf(one, y, two, x));
  }
}
