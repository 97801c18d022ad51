package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The rate of a member that writes every millisecond, on a network that loses more than it may. It
 * writes no faster, because what overtakes another datagram here would count as lost.
 */
class RateTest {

  private static final int MEMBERS = 3;
  private static final int KEYS = 500;
  private static final String KILOBYTE = "v".repeat(1_000);

  private final Simulation simulation =
      new Simulation(
          new Scenario(
              0,
              Restriction.NONE,
              EnumSet.noneOf(Ingredient.class),
              MEMBERS,
              List.of(Mode.REPLICATE),
              KEYS,
              0,
              0,
              1_344,
              8_192,
              0,
              List.of()),
          null);

  private int writes;

  @AfterEach
  void close() {
    simulation.holder().close();
  }

  @Test
  void rate_halfOfAllIsLostWhileDataFlows_fallsAndRisesAfterwards() {
    for (int slot = 0; slot < MEMBERS; slot++) {
      simulation.startMember(slot);
    }
    pass(5_000);
    write(3_000);
    long before = rate();

    loseOnTheWayFromTheWriter(500);
    write(5_000);
    long meanwhile = rate();
    loseOnTheWayFromTheWriter(0);
    write(5_000);

    assertThat(meanwhile).as("bytes a second, %s before", before).isLessThan(before / 2);
    assertThat(rate()).as("bytes a second, %s meanwhile", meanwhile).isGreaterThan(2 * meanwhile);
    pass(5_000);
    assertThat(simulation.running())
        .allSatisfy(
            member ->
                assertThat(member.caches().read(lastWritten()))
                    .as("what %s has", member)
                    .isNotNull()
                    .extracting(Visible::value)
                    .isEqualTo(value(writes - 1)));
  }

  private void write(int milliseconds) {
    for (int i = 0; i < milliseconds; i++) {
      writer().put(simulation.places().at(0, writes % KEYS), value(writes), Change.ETERNAL);
      writes++;
      pass(1);
    }
  }

  private static String value(int number) {
    return number + KILOBYTE;
  }

  private Place lastWritten() {
    return simulation.places().at(0, (writes - 1) % KEYS);
  }

  private void loseOnTheWayFromTheWriter(int perMille) {
    for (int to = 1; to < MEMBERS; to++) {
      simulation.network().link(0, to).lossPerMille = perMille;
    }
  }

  private SimulatedMember writer() {
    return simulation.running().get(0);
  }

  private long rate() {
    return writer().replica().counts().byName().get("rateBytesPerSecond");
  }

  private void pass(int milliseconds) {
    simulation.runUntil(simulation.nowNanos() + milliseconds * Scenario.MILLISECOND);
  }
}
