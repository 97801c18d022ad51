package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StoreDirtyKeysTest {

  private final DirtyKeys<String> dirty = new DirtyKeys<>();

  @Test
  void poll_keysAddedAgain_givesEachOnceInTheOrderOfTheFirst() {
    assertThat(dirty.add("a")).isTrue();
    assertThat(dirty.add("b")).isTrue();
    assertThat(dirty.add("a")).isFalse();
    assertThat(dirty.size()).isEqualTo(2);

    assertThat(dirty.poll()).isEqualTo("a");
    assertThat(dirty.poll()).isEqualTo("b");
    assertThat(dirty.poll()).isNull();
    assertThat(dirty.isEmpty()).isTrue();
  }

  @Test
  void add_afterThePoll_isGivenAgain() {
    dirty.add("a");
    dirty.poll();

    assertThat(dirty.add("a")).isTrue();
    assertThat(dirty.poll()).isEqualTo("a");
  }

  /** Whoever publishes a state and then adds the key has it polled by one who sees that state. */
  @Test
  void add_whileAnotherThreadPolls_losesNoLastState() throws InterruptedException {
    Map<String, Integer> published = new ConcurrentHashMap<>();
    Map<String, Integer> sent = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    Thread poller =
        new Thread(
            () -> {
              boolean last = false;
              while (!last) {
                last = done.get();
                for (String key = dirty.poll(); key != null; key = dirty.poll()) {
                  sent.put(key, published.get(key));
                }
              }
            });
    poller.start();
    for (int i = 0; i < 50_000; i++) {
      String key = "k" + i % 3;
      published.put(key, i);
      dirty.add(key);
    }
    done.set(true);
    poller.join(60_000);

    assertThat(poller.isAlive()).isFalse();
    assertThat(sent).isEqualTo(published);
  }

  @Test
  void retainIf_keysWithNothingToSend_areTakenOut() {
    dirty.add("a");
    dirty.add("b");
    dirty.add("c");

    dirty.retainIf(key -> key.equals("b"));

    assertThat(dirty.size()).isEqualTo(1);
    assertThat(dirty.add("a")).isTrue();
    assertThat(dirty.poll()).isEqualTo("b");
    assertThat(dirty.poll()).isEqualTo("a");
  }

  @Test
  void retainIf_addedWhileItsStateIsLookedAt_isNotLost() throws InterruptedException {
    dirty.add("k");
    Thread adder = new Thread(() -> dirty.add("k"));

    dirty.retainIf(
        key -> {
          boolean unsent = false; // as seen here, before the other thread publishes and adds
          adder.start();
          while (adder.getState() != Thread.State.BLOCKED
              && adder.getState() != Thread.State.TERMINATED) {
            Thread.yield();
          }
          return unsent;
        });
    adder.join(60_000);

    assertThat(dirty.poll()).isEqualTo("k");
  }
}
