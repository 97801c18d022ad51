package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Three members with stores that change at random and hear of each other late, out of order and
 * repeatedly: once all is delivered they hold the same, and no member ever saw a key go back to an
 * older version.
 */
class StoreConvergenceTest {

  private static final int ROUNDS = 300;
  private static final int STEPS = 60;
  private static final List<String> KEYS = List.of("a", "b", "c");

  private final AtomicLong nanos = new AtomicLong();
  private final List<StoreFixture> members = new ArrayList<>();

  /** What is under way to each member. */
  private final List<List<Change>> inFlight = new ArrayList<>();

  private final List<Map<String, Version>> seen = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom();

  @Test
  void members_hearInAnyOrder_endWithTheSameEntries() {
    for (long seed = 1; seed <= ROUNDS; seed++) {
      begin(seed);
      for (int step = 0; step < STEPS; step++) {
        int member = random.nextInt(members.size());
        switch (random.nextInt(4)) {
          case 0, 1 -> change(members.get(member));
          case 2 -> send(member);
          default -> deliverOne(member);
        }
        assertNothingWentBack(seed);
      }
      deliverAll();
      assertThat(members.stream().map(m -> m.store.checksum().hash()).distinct())
          .as("seed %d", seed)
          .hasSize(1);
      assertThat(members.stream().map(m -> KEYS.stream().map(m::versionOf).toList()).distinct())
          .as("seed %d", seed)
          .hasSize(1);
    }
  }

  private void begin(long seed) {
    random = new SplittableRandom(seed);
    members.clear();
    inFlight.clear();
    seen.clear();
    nanos.set(0);
    for (int i = 1; i <= 3; i++) {
      members.add(StoreFixture.member(Sharing.REPLICATE, i, nanos));
      inFlight.add(new ArrayList<>());
      seen.add(new HashMap<>());
    }
  }

  private void change(StoreFixture member) {
    String key = KEYS.get(random.nextInt(KEYS.size()));
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> member.write(key, random.nextInt());
      case 4 -> member.write(key, random.nextInt(), 1 + random.nextInt(20));
      case 5, 6 -> member.remove(key);
      case 7 -> member.endLoad(key, random.nextInt(), member.store.beginLoad(key));
      case 8 -> member.store.clear();
      case 9 -> member.store.removeAll(begun -> {});
      case 10 -> member.read(key);
      default -> member.advance(Duration.ofMillis(random.nextInt(5)));
    }
  }

  private void send(int from) {
    for (Change change : members.get(from).drain()) {
      for (int to = 0; to < members.size(); to++) {
        if (to != from) {
          inFlight.get(to).add(change);
        }
      }
    }
  }

  /** Delivers any of those under way, and sometimes leaves it there to come again. */
  private void deliverOne(int to) {
    List<Change> changes = inFlight.get(to);
    if (!changes.isEmpty()) {
      int index = random.nextInt(changes.size());
      Change change = random.nextInt(4) == 0 ? changes.get(index) : changes.remove(index);
      members.get(to).apply(change);
    }
  }

  private void deliverAll() {
    for (int member = 0; member < members.size(); member++) {
      send(member);
    }
    for (int member = 0; member < members.size(); member++) {
      while (!inFlight.get(member).isEmpty()) {
        deliverOne(member);
      }
    }
    assertThat(members).allSatisfy(member -> assertThat(member.drain()).isEmpty());
  }

  private void assertNothingWentBack(long seed) {
    for (int member = 0; member < members.size(); member++) {
      for (String key : KEYS) {
        Version now = members.get(member).versionOf(key);
        Version before = seen.get(member).get(key);
        if (now != null) {
          assertThat(before == null || !before.isAfter(now)).as("seed %d", seed).isTrue();
          seen.get(member).put(key, now);
        }
      }
    }
  }
}
