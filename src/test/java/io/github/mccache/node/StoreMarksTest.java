package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Version;
import org.junit.jupiter.api.Test;

class StoreMarksTest {

  private static final int MAXIMUM = 3;
  private static final int MAXIMUM_UNSENT = 2;

  private long stableTime = Long.MAX_VALUE;
  private long aliveStableTime = Long.MAX_VALUE;
  private final StoreCounters counters = new StoreCounters("marks", false, () -> 0);
  private final Marks<String> marks =
      new Marks<>(MAXIMUM, MAXIMUM_UNSENT, new GivenStability(), counters);

  private final class GivenStability implements Stability {

    @Override
    public long stableTime() {
      return stableTime;
    }

    @Override
    public long aliveStableTime() {
      return aliveStableTime;
    }

    @Override
    public boolean isIsolated() {
      return false;
    }

    @Override
    public long isolatedSince() {
      return Long.MAX_VALUE;
    }
  }

  private static Mark unsent(long sinceMillis) {
    return new Mark(at(sinceMillis), Mark.Kind.TOMBSTONE, sinceMillis, false);
  }

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

  @Test
  void forgetOld_notAppliedByAMember_keepsTheMarkHoweverOld() {
    stableTime = at(0).time() - 1;
    marks.put("k", tombstone(0));

    marks.forgetOld(100 * Marks.RETENTION_MILLIS);
    assertThat(marks.get("k")).isNotNull();

    stableTime = at(0).time();
    marks.forgetOld(100 * Marks.RETENTION_MILLIS);
    assertThat(marks.get("k")).isNull();
  }

  @Test
  void forgetOld_notSent_keepsTheMark() {
    marks.put("k", unsent(0));
    marks.forgetOld(Marks.RETENTION_MILLIS);
    assertThat(marks.get("k")).isNotNull();

    marks.markSent(marks.get("k"));
    marks.forgetOld(Marks.RETENTION_MILLIS);
    assertThat(marks.get("k")).isNull();
  }

  @Test
  void put_aboveTheCap_forgetsWhatOnlyALaggardHasNotApplied() {
    stableTime = 0;
    aliveStableTime = at(4).time();
    marks.put("young", tombstone(5));
    for (int i = 1; i <= 4; i++) {
      marks.put("k" + i, tombstone(i));
    }

    assertThat(marks.get("young")).as("the oldest, and not applied by all").isNotNull();
    assertThat(marks.size()).isEqualTo(MAXIMUM);
    assertThat(marks.get("k2")).isNull();
    assertThat(counters.laggardForgottenCount()).isEqualTo(2);
    assertThat(counters.forgottenEarlyCount()).isZero();
    assertThat(marks.forgottenUpTo()).isEqualTo(at(2));
  }

  @Test
  void put_aboveTheCapAndNothingApplied_forgetsTheOldest() {
    stableTime = 0;
    aliveStableTime = 0;
    for (int i = 1; i <= 5; i++) {
      marks.put("k" + i, tombstone(i));
    }

    assertThat(marks.size()).isEqualTo(MAXIMUM);
    assertThat(marks.get("k2")).isNull();
    assertThat(counters.laggardForgottenCount()).isZero();
    assertThat(counters.forgottenEarlyCount()).isEqualTo(2);
  }

  @Test
  void put_aboveTheCapAndAppliedByAll_countsNothing() {
    for (int i = 1; i <= 5; i++) {
      marks.put("k" + i, tombstone(i));
    }

    assertThat(counters.laggardForgottenCount() + counters.forgottenEarlyCount()).isZero();
  }

  @Test
  void put_unsentAboveTheirCap_areKeptAndTooMany() {
    marks.put("a", unsent(1));
    marks.put("b", unsent(2));
    assertThat(marks.hasTooManyUnsent()).isFalse();

    for (int i = 3; i <= 6; i++) {
      marks.put("k" + i, unsent(i));
    }

    assertThat(marks.size()).isEqualTo(6);
    assertThat(marks.hasTooManyUnsent()).isTrue();
  }

  @Test
  void hasTooManyUnsent_sentReplacedOrRemoved_countsThemNoMore() {
    for (int i = 1; i <= 5; i++) {
      marks.put("k" + i, unsent(i));
    }

    marks.markSent(marks.get("k1"));
    marks.markSent(marks.get("k1"));
    marks.put("k2", tombstone(7));
    assertThat(marks.hasTooManyUnsent()).isTrue();
    marks.remove("k3");

    assertThat(marks.hasTooManyUnsent()).isFalse();
  }

  @Test
  void removeIf_superfluous_raisesNoFloor() {
    marks.put("a", tombstone(1));
    marks.put("b", tombstone(2));

    marks.removeIf(mark -> mark.version().equals(at(1)));

    assertThat(marks.get("a")).isNull();
    assertThat(marks.get("b")).isNotNull();
    assertThat(marks.forgottenUpTo()).isEqualTo(Version.NONE);
  }
}
