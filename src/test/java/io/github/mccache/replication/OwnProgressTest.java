package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnProgressTest {

  private final OwnProgress own = new OwnProgress();

  private void send(long completeTime) {
    own.next();
    own.completeUpTo(completeTime);
  }

  @Test
  void isForeign_whatWasSent_isNot() {
    own.startedAt(5);
    assertThat(own.isForeign(0, 5)).as("a hello carries when it started").isFalse();
    send(10);
    send(20);

    assertThat(own.isForeign(0, 0)).isFalse();
    assertThat(own.isForeign(1, 10)).isFalse();
    assertThat(own.isForeign(2, 20)).isFalse();
  }

  @Test
  void isForeign_moreThanWasSent_is() {
    send(10);

    assertThat(own.isForeign(2, 10)).isTrue();
    assertThat(own.isForeign(1, 11)).isTrue();
  }

  @Test
  void completeUpTo_lowerTime_doesNotFall() {
    send(10);
    own.completeUpTo(7);

    assertThat(own.completeTime()).isEqualTo(10);
  }

  @Test
  void keepBack_takesANumberAndIsCounted() {
    send(10);

    assertThat(own.keepBack()).isEqualTo(2);
    assertThat(own.keptBack()).isEqualTo(1);
    assertThat(own.sequence()).isEqualTo(2);
  }
}
