package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Version;
import org.junit.jupiter.api.Test;

class StoreMarksTest {

  private final Marks<String> marks = new Marks<>(3);

  private static Mark tombstone(long sinceMillis) {
    return new Mark(at(sinceMillis), Mark.Kind.TOMBSTONE, sinceMillis, true);
  }

  @Test
  void forgetOld_withinTheRetention_keepsTheMark() {
    marks.put("k", tombstone(0));

    marks.forgetOld(Marks.RETENTION_MILLIS - 1);

    assertThat(marks.get("k").version()).isEqualTo(at(0));
    assertThat(marks.forgottenUpTo()).isEqualTo(Version.NONE);
  }

  @Test
  void forgetOld_pastTheRetention_forgetsAndRaisesTheFloor() {
    marks.put("old", tombstone(0));
    marks.put("young", tombstone(1));

    marks.forgetOld(Marks.RETENTION_MILLIS);

    assertThat(marks.get("old")).isNull();
    assertThat(marks.get("young")).isNotNull();
    assertThat(marks.forgottenUpTo()).isEqualTo(at(0));
  }

  @Test
  void put_aboveTheCap_forgetsTheOldestAndRaisesTheFloor() {
    for (int i = 1; i <= 5; i++) {
      marks.put("k" + i, tombstone(i));
    }

    assertThat(marks.size()).isEqualTo(3);
    assertThat(marks.get("k2")).isNull();
    assertThat(marks.get("k3")).isNotNull();
    assertThat(marks.forgottenUpTo()).isEqualTo(at(2));
  }

  @Test
  void put_againForTheSameKey_keepsTheNewerOneWhenTheOlderIsDue() {
    marks.put("k", tombstone(0));
    marks.put("k", tombstone(1_000));

    marks.forgetOld(Marks.RETENTION_MILLIS);

    assertThat(marks.get("k").version()).isEqualTo(at(1_000));
    assertThat(marks.forgottenUpTo()).isEqualTo(Version.NONE);
  }

  @Test
  void remove_keyHasAnEntryAgain_leavesTheFloor() {
    marks.put("k", tombstone(0));
    marks.remove("k");

    marks.forgetOld(Marks.RETENTION_MILLIS);

    assertThat(marks.size()).isZero();
    assertThat(marks.forgottenUpTo()).isEqualTo(Version.NONE);
  }
}
