package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.ApplyRule.Situation;
import io.github.mccache.replication.ApplyRule.Verdict;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** Stores that ask the rule the wrong question. */
final class BuggyRule {

  private BuggyRule() {}

  /** The record is overlooked where the predicate says so. */
  static SimulatedStore.Factory whenHeld(BiPredicate<Change, Known> overlooked) {
    return (origin, modes, now) ->
        new ModelStore(origin, modes, now) {
          @Override
          protected Verdict decide(Change change, Path path, Known known, Situation situation) {
            boolean overlooks = known.held() != Held.NOTHING && overlooked.test(change, known);
            return super.decide(change, path, overlooks ? Known.NOTHING : known, situation);
          }
        };
  }

  /** The situation is not the real one. */
  static SimulatedStore.Factory inSituation(UnaryOperator<Situation> believed) {
    return (origin, modes, now) ->
        new ModelStore(origin, modes, now) {
          @Override
          protected Verdict decide(Change change, Path path, Known known, Situation situation) {
            return super.decide(change, path, known, believed.apply(situation));
          }
        };
  }
}
