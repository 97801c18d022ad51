package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.invalidate;
import static io.github.mccache.node.StoreFixture.put;
import static io.github.mccache.node.StoreFixture.remove;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.replication.ApplyRule;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Once a change has been handed over, no reader sees what is older: also while a key is held. */
class CoherentStoreWaitingTest {

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  @Test
  void read_newerChangeWaits_isAMissUntilItIsApplied() {
    fixture.write("k", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          assertThat(fixture.read("k")).as("held, and nothing waits").isEqualTo("ours");
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.read("k")).isNull();
          assertThat(fixture.versionOf("k")).isNull();
          assertThat(fixture.store.iterator().hasNext()).isFalse();
          assertThat(fixture.store.checksum().entries()).isZero();
        });

    assertThat(fixture.read("k")).isEqualTo("theirs");
    assertThat(fixture.store.iterator().hasNext()).isTrue();
  }

  @Test
  void read_removalWaits_isAMiss() {
    fixture.write("k", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(remove("k", at(10)));
          assertThat(fixture.read("k")).isNull();
        });
  }

  @Test
  void read_olderChangeWaits_isTheEntry() {
    fixture.advance(Duration.ofMillis(100));
    fixture.write("k", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.read("k")).isEqualTo("ours");
        });
  }

  @Test
  void read_doubtWaits_isAMiss() {
    fixture.apply(put("k", "theirs", at(0)));

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(invalidate("k", at(0)), ApplyRule.Path.DOUBT);
          fixture.apply(put("k", "theirs", at(0)));
          assertThat(fixture.read("k")).isNull();
        });

    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void read_otherKeyWaits_isTheEntry() {
    fixture.write("k", "ours");
    fixture.write("other", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.read("other")).isEqualTo("ours");
        });
  }

  @Test
  void live_newerChangeWaits_isTheEntryForTheStepThatOwnsTheKey() {
    fixture.write("k", "ours");
    List<Object> seen = new ArrayList<>();

    fixture.whileHeld(
        "k",
        state -> {},
        () -> fixture.apply(put("k", "theirs", at(10))),
        state -> seen.add(fixture.store.value("k", state.live())));

    assertThat(seen).containsExactly("ours");
    assertThat(fixture.read("k")).isEqualTo("theirs");
  }

  @Test
  void read_ownerWritesAboveWhatWaits_isTheWrite() {
    fixture.whileHeld(
        "k",
        state -> {},
        () -> fixture.apply(put("k", "theirs", at(10))),
        state -> {
          state.write("ours", KeyState.ETERNAL);
          assertThat(fixture.read("k")).as("no longer older").isEqualTo("ours");
        });

    assertThat(fixture.read("k")).isEqualTo("ours");
  }

  @Test
  void apply_ofAHeldKeyByItsOwnThread_isAMissUntilTheStepEnds() {
    fixture.write("k", "ours");

    fixture.store.compute(
        "k",
        state -> {
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.read("k")).isNull();
          return null;
        });

    assertThat(fixture.read("k")).isEqualTo("theirs");
  }

  @Test
  void apply_keyIsLetGoJustBeforeTheChangeWaits_isNotLeftWaiting() {
    StoreFixture unwrapped = StoreFixture.of(Sharing.LOCAL); // or the key would not be called
    HookedKey key = new HookedKey("k");
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () ->
                unwrapped.store.compute(
                    key,
                    state -> {
                      held.countDown();
                      StoreFixture.await(release);
                      return null;
                    }));
    holder.start();
    StoreFixture.await(held);
    HookedKey.beforeWaiting =
        () -> {
          release.countDown();
          StoreFixture.join(holder);
        };

    unwrapped.apply(put(key, "theirs", at(10)));
    unwrapped.read("other"); // decodes the key

    assertThat(HookedKey.beforeWaiting).as("it was about to wait").isNull();
    assertThat(unwrapped.read(key)).isEqualTo("theirs");
    unwrapped.apply(put(key, "later", at(11)));
    assertThat(unwrapped.read(key)).isEqualTo("later");
  }

  /** A key that runs something once, when it is about to be put among those that wait. */
  private record HookedKey(String name) implements Serializable {

    static volatile Runnable beforeWaiting;

    @Override
    public int hashCode() {
      Runnable hook = beforeWaiting;
      if (hook != null && isAboutToWait()) {
        beforeWaiting = null;
        hook.run();
      }
      return name.hashCode();
    }

    private static boolean isAboutToWait() {
      List<String> calls =
          StackWalker.getInstance()
              .walk(frames -> frames.map(StackWalker.StackFrame::getMethodName).limit(6).toList());
      return calls.contains("merge") && calls.contains("apply");
    }
  }

  /** Whatever the moment at which a key is let go, nothing that waits is lost or left behind. */
  @Test
  void apply_whileKeysAreTakenAndLetGo_neverShowsWhatIsOlder() {
    fixture.advance(Duration.ofMillis(100));
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch holding = new CountDownLatch(1);
    AtomicReference<String> wrong = new AtomicReference<>();
    Thread holder =
        new Thread(
            () -> {
              while (!done.get()) {
                fixture.store.compute("k", state -> null);
                holding.countDown();
              }
            });
    holder.start();
    StoreFixture.await(holding);
    for (int i = -50_000; i < 0 && wrong.get() == null; i++) {
      Change change = put("k", i, at(i));
      fixture.apply(change);
      Object read = fixture.read("k");
      if (read != null && (Integer) read < i) {
        wrong.set(read + " was read after " + i);
      }
    }
    done.set(true);
    StoreFixture.join(holder);

    assertThat(wrong.get()).isNull();
    assertThat(fixture.read("k")).isEqualTo(-1);
    assertThat(fixture.store.iterator().hasNext()).isTrue();
  }
}
