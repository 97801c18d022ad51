package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  private static final long BOOKS = 7;
  private static final long FILMS = 8;

  private final Refusals refusals = new Refusals();
  private final Set<Long> donors = new HashSet<>(Set.of(ALICE.origin(), BOB.origin()));
  private final Set<Long> gone = new HashSet<>();
  private long now = Long.MAX_VALUE - 100;

  @Test
  void takeDue_refused_oncePerTellerEveryFiveSeconds() {
    refuse(BOOKS, ALICE, 50);
    refuse(BOOKS, BOB, 50);

    assertThat(takeDue()).containsExactly(BOOKS);
    refusals.onRequested(List.of(BOOKS), ALICE.origin());
    now += Refusals.PAUSE_NANOS - 1;
    assertThat(takeDue()).isEmpty();
    now++;
    assertThat(takeDue()).as("for what the other one told").containsExactly(BOOKS);
    refusals.onRequested(List.of(BOOKS), BOB.origin());
    now += Refusals.PAUSE_NANOS;
    assertThat(takeDue()).isEmpty();
  }

  @Test
  void takeDue_tellerIsSilent_somebodyElseOnceAndHimWhenHeardAgain() {
    donors.remove(ALICE.origin());
    refuse(BOOKS, ALICE, 50);

    assertThat(takeDue()).containsExactly(BOOKS);
    refusals.onRequested(List.of(BOOKS), BOB.origin());
    now += Refusals.PAUSE_NANOS;
    assertThat(takeDue()).isEmpty();
    donors.add(ALICE.origin());
    assertThat(takeDue()).containsExactly(BOOKS);
  }

  @Test
  void takeDue_tellerHasGone_somebodyElseOnce() {
    donors.remove(ALICE.origin());
    gone.add(ALICE.origin());
    refuse(BOOKS, ALICE, 50);

    assertThat(takeDue()).containsExactly(BOOKS);
    refusals.onRequested(List.of(BOOKS), BOB.origin());
    now += Refusals.PAUSE_NANOS;
    assertThat(takeDue()).isEmpty();
    assertThat(refusals.isSentBy(List.of(BOOKS), ALICE.origin())).isFalse();
  }

  @Test
  void onGiven_whatTheDonorHadAndHadNotRefused_isForgotten() {
    refuse(BOOKS, ALICE, 50);

    refusals.onReceived(List.of(FILMS), beginning(0, 50));
    refusals.onReceived(List.of(BOOKS), beginning(0, 49));
    refusals.onReceived(List.of(BOOKS), beginning(50, 50));
    assertThat(isToldByAlice()).isTrue();
    refusals.onReceived(List.of(BOOKS), beginning(49, 50));
    assertThat(isToldByAlice()).isFalse();
  }

  @Test
  void onGiven_writtenBySomebodyElse_doesNotSayThatTheDonorHasIt() {
    refusals.onRejected(BOOKS, version(50, BOB.origin()), ALICE);

    refusals.onReceived(List.of(BOOKS), beginning(0, 90));
    assertThat(isToldByAlice()).isTrue();
  }

  @Test
  void retain_ofTheOthersNothingIsAskedForAnyMore() {
    refuse(BOOKS, ALICE, 50);
    refuse(FILMS, ALICE, 50);

    refusals.retain(List.of(FILMS));
    assertThat(takeDue()).containsExactly(FILMS);
    assertThat(isToldByAlice()).isFalse();
  }

  @Test
  void onRefused_moreTellersThanAreRemembered_theRestStaysAMiss() {
    for (int teller = 1; teller <= 100_000; teller++) {
      refuse(BOOKS, new NodeId(teller, 0), 50);
    }

    assertThat(refusals.isSentBy(List.of(BOOKS), Refusals.MAX_SENDERS)).isTrue();
    assertThat(refusals.isSentBy(List.of(BOOKS), Refusals.MAX_SENDERS + 1)).isFalse();
  }

  private void refuse(long cache, NodeId from, long millis) {
    refusals.onRejected(cache, version(millis, from.origin()), from);
  }

  private Set<Long> takeDue() {
    return refusals.takeDue(now, donors::contains, gone::contains);
  }

  private boolean isToldByAlice() {
    return refusals.isSentBy(List.of(BOOKS), ALICE.origin());
  }

  private static Beginning beginning(long floorMillis, long aliceMillis) {
    Version floor = new Version(HybridTime.ofMillis(floorMillis), -1);
    Applied applied = new Applied(ALICE.origin(), 1, HybridTime.ofMillis(aliceMillis));
    return new Beginning(false, 0, floor, Version.NONE, List.of(applied), List.of());
  }
}
