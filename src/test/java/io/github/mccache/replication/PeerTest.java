package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.replication.Member.State;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeerTest {

  private static final Map<State, Consumer<Peer>> MOVES =
      Map.of(
          State.ALIVE, Peer::becomeAlive,
          State.SUSPECT, Peer::becomeSuspect,
          State.DEAD, Peer::becomeDead,
          State.LEFT, Peer::becomeLeft);

  private static final Map<State, Set<State>> LEGAL =
      Map.of(
          State.ALIVE, Set.of(State.SUSPECT, State.LEFT),
          State.SUSPECT, Set.of(State.ALIVE, State.DEAD, State.LEFT),
          State.DEAD, Set.of(State.ALIVE, State.LEFT),
          State.LEFT, Set.of(State.ALIVE));

  @ParameterizedTest
  @EnumSource(State.class)
  void become_anyState_onlyTheTransitionsOfTheTable(State from) {
    for (State to : State.values()) {
      Peer peer = inState(from);
      if (LEGAL.get(from).contains(to)) {
        MOVES.get(to).accept(peer);
        assertThat(peer.state()).isEqualTo(to);
      } else {
        assertThatThrownBy(() -> MOVES.get(to).accept(peer))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void applied_lowerThanBefore_neverGoesBack() {
    Peer peer = inState(State.ALIVE);
    Stream other = new Stream(3, 40);
    assertThat(peer.appliedSequence(other)).isEqualTo(-1);
    assertThat(peer.appliedTime(other)).isEqualTo(-1);

    peer.applied(other, 7, 70);
    peer.applied(other, 5, 90);

    assertThat(peer.appliedSequence(other)).isEqualTo(7);
    assertThat(peer.appliedTime(other)).isEqualTo(90);
    assertThat(peer.appliedTime(new Stream(4, 39)))
        .as("a stream of which it said nothing")
        .isEqualTo(-1);
  }

  @Test
  void forgetSlot_usedByAnotherStream_nothingIsInherited() {
    Peer peer = inState(State.ALIVE);
    peer.applied(new Stream(3, 2), 7, 70);

    peer.forgetSlot(2);
    peer.forgetSlot(9_999);

    assertThat(peer.appliedSequence(new Stream(4, 2))).isEqualTo(-1);
    assertThat(peer.appliedTime(new Stream(4, 2))).isEqualTo(-1);
  }

  private static Peer inState(State state) {
    Peer peer = new Peer(Examples.ALICE, "alice", new Stream(Examples.ALICE.origin(), 0), 0);
    switch (state) {
      case ALIVE -> {}
      case SUSPECT -> peer.becomeSuspect();
      case DEAD -> {
        peer.becomeSuspect();
        peer.becomeDead();
      }
      case LEFT -> peer.becomeLeft();
    }
    return peer;
  }
}
