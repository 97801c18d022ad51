package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.replication.Member.State;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
          State.LEFT, Set.of());

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

  private static Peer inState(State state) {
    Peer peer = new Peer(Examples.ALICE, "alice", 0);
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
