package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.held;
import static io.github.mccache.jcache.CacheFixture.synchronous;
import static io.github.mccache.jcache.Operations.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mccache.api.McCacheConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.event.CacheEntryEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Loaders, writers, processors and listeners that call back, block, or throw, harm nobody else. */
class CallbackTest {

  private final CacheFixture fixture = new CacheFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** The places from which the cache calls the application. */
  private enum Place {
    LOADER,
    WRITER,
    PROCESSOR,
    SYNCHRONOUS_LISTENER
  }

  /** A cache that runs some code at one place; {@link #call} has it run for a key. */
  private final class Calling {

    private final Place place;
    private final JCache<Object, Object> cache;
    private volatile Consumer<Object> code = key -> {};

    Calling(Place place) {
      this.place = place;
      McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
      switch (place) {
        case LOADER -> {
          configuration.setReadThrough(true);
          configuration.setCacheLoaderFactory(
              () ->
                  (Operations.Loader)
                      key -> {
                        code.accept(key);
                        return "loaded";
                      });
        }
        case WRITER ->
            configuration
                .setWriteThrough(true)
                .setCacheWriterFactory(
                    () ->
                        new WriterLog() {
                          @Override
                          public void write(Cache.Entry<?, ?> entry) {
                            code.accept(entry.getKey());
                          }
                        });
        case SYNCHRONOUS_LISTENER ->
            configuration.addCacheEntryListenerConfiguration(
                synchronous(
                    new EventLog() {
                      @Override
                      void heard(CacheEntryEvent<?, ?> event) {
                        code.accept(event.getKey());
                      }
                    }));
        case PROCESSOR -> {}
      }
      cache = fixture.cache(configuration);
    }

    void call(Object key) {
      switch (place) {
        case LOADER -> cache.get(key);
        case WRITER, SYNCHRONOUS_LISTENER -> cache.put(key, "written");
        case PROCESSOR ->
            cache.invoke(
                key,
                (entry, arguments) -> {
                  code.accept(key);
                  return null;
                });
      }
    }

    void expireWhatIsDue() {
      fixture.advance(Duration.ofMinutes(2));
      CacheFixture.runTimer(cache);
    }

    /** Runs the code the first time only, so that a call back does not call itself for ever. */
    void once(Consumer<Object> newCode) {
      code =
          key -> {
            code = other -> {};
            newCode.accept(key);
          };
    }
  }

  private static Stream<DynamicTest> everywhere(Consumer<Calling> check) {
    return Stream.of(Place.values())
        .map(
            place ->
                DynamicTest.dynamicTest(
                    place.toString(),
                    () -> {
                      CallbackTest test = new CallbackTest();
                      try {
                        check.accept(test.new Calling(place));
                      } finally {
                        test.close();
                      }
                    }));
  }

  // ---- calls back ----

  @TestFactory
  Stream<DynamicTest> callback_usesTheSameKey_isAnswered() {
    return everywhere(
        calling -> {
          calling.once(key -> calling.cache.put(key, "from within"));

          Race.run(() -> calling.call(KEY));

          assertThat(calling.cache.containsKey(KEY)).isTrue();
          assertUsable(calling.cache, KEY);
        });
  }

  @TestFactory
  Stream<DynamicTest> callback_usesAnotherKey_isAnswered() {
    return everywhere(
        calling -> {
          calling.once(key -> calling.cache.put("other", "from within"));

          Race.run(() -> calling.call(KEY));

          assertThat(held(calling.cache, "other")).isEqualTo("from within");
          assertUsable(calling.cache, KEY);
        });
  }

  @TestFactory
  Stream<DynamicTest> callback_emptiesTheCache_isAnswered() {
    return everywhere(
        calling -> {
          calling.cache.put("other", "value");
          calling.once(key -> calling.cache.removeAll());

          Race.run(() -> calling.call(KEY));

          assertThat(calling.cache.containsKey("other")).isFalse();
          assertUsable(calling.cache, KEY);
        });
  }

  /** Two callbacks that each want the other's key: one is refused at least, and both end. */
  @TestFactory
  Stream<DynamicTest> callbacks_wantEachOthersKey_endWithAnExceptionAndNeverHang() {
    return everywhere(
        calling -> {
          CyclicBarrier bothHold = new CyclicBarrier(2);
          Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
          ThreadLocal<Boolean> within = ThreadLocal.withInitial(() -> false);
          calling.code =
              key -> {
                if (!within.get()) {
                  within.set(true);
                  meet(bothHold);
                  calling.cache.put(key.equals("a") ? "b" : "a", "crosswise");
                }
              };

          Race.run(
              () -> note(refused, () -> calling.call("a")),
              () -> note(refused, () -> calling.call("b")));

          if (calling.place == Place.SYNCHRONOUS_LISTENER) {
            assertThat(refused).as("listeners hold no key").isEmpty();
          } else {
            assertThat(refused).isNotEmpty();
            assertThat(refused).allSatisfy(CallbackTest::assertNamesTheDeadlock);
          }
          calling.code = key -> {};
          assertUsable(calling.cache, "a");
          assertUsable(calling.cache, "b");
        });
  }

  private static void assertNamesTheDeadlock(Throwable thrown) {
    assertThat(thrown).isInstanceOf(CacheException.class);
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      messages.append(cause.getMessage()).append('\n');
    }
    assertThat(messages).containsIgnoringCase("wait");
  }

  /**
   * One thread holds a key and, from within its processor, changes a second key; another thread
   * changed the second key and its listener wants the first. Neither may wait for the other's
   * listener while it holds what that one wants.
   */
  @TestFactory
  Stream<DynamicTest> callbacks_oneHoldsTheKeyThatAListenerWants_bothEnd() {
    return Stream.of(Place.PROCESSOR, Place.WRITER, Place.LOADER)
        .map(
            place ->
                DynamicTest.dynamicTest(place.toString(), () -> holdsWhatAListenerWants(place)));
  }

  private void holdsWhatAListenerWants(Place place) {
    Calling calling = new Calling(place);
    CountDownLatch listening = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(1);
    Race[] listener = new Race[1];
    calling.cache.registerCacheEntryListener(
        synchronous(
            new EventLog() {
              @Override
              void heard(CacheEntryEvent<?, ?> event) {
                if ("first".equals(event.getValue())) {
                  listening.countDown();
                  Race.await(holding);
                  calling.cache.putIfAbsent("held", "by the listener");
                }
              }
            }));
    calling.code =
        key -> {
          if (key.equals("held")) {
            holding.countDown();
            listener[0].awaitBlocked();
            calling.cache.put("second", "later");
          }
        };

    listener[0] = Race.begin(() -> calling.cache.put("second", "first"));
    Race.await(listening);
    Race.run(() -> calling.call("held"));
    listener[0].join();

    assertThat(held(calling.cache, "second")).isEqualTo("later");
    calling.code = key -> {};
    assertUsable(calling.cache, "held");
    assertUsable(calling.cache, "second");
  }

  /** Listeners of two caches that each change the other's entry. */
  @Test
  void listeners_ofTwoCachesUseEachOther_bothEnd() {
    JCache<Object, Object> left = fixture.cache(CacheFixture.byValue());
    JCache<Object, Object> right = fixture.cache(CacheFixture.byValue());
    CyclicBarrier bothListen = new CyclicBarrier(2);
    left.registerCacheEntryListener(synchronous(crossing(right, bothListen)));
    right.registerCacheEntryListener(synchronous(crossing(left, bothListen)));

    Race.run(() -> left.put(KEY, "outer"), () -> right.put(KEY, "outer"));

    assertThat(held(left, KEY)).isEqualTo("inner");
    assertThat(held(right, KEY)).isEqualTo("inner");
  }

  private static EventLog crossing(JCache<Object, Object> other, CyclicBarrier barrier) {
    return new EventLog() {
      @Override
      void heard(CacheEntryEvent<?, ?> event) {
        if ("outer".equals(event.getValue())) {
          meet(barrier);
          other.put(KEY, "inner");
        }
      }
    };
  }

  /** Operations on many keys at once, in opposite orders, with a writer that has them all held. */
  @Test
  void bulk_inOppositeOrders_neitherHangsNorFails() {
    Calling calling = new Calling(Place.WRITER);
    Map<Object, Object> forwards = new java.util.LinkedHashMap<>();
    Map<Object, Object> backwards = new java.util.LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      forwards.put("key-" + i, "forwards");
      backwards.put("key-" + (19 - i), "backwards");
    }

    Race.run(
        () -> repeat(200, () -> calling.cache.putAll(forwards)),
        () -> repeat(200, () -> calling.cache.putAll(backwards)),
        () -> repeat(200, () -> calling.cache.removeAll(backwards.keySet())));

    calling.cache.putAll(forwards);
    assertThat(calling.cache.getAll(forwards.keySet())).isEqualTo(forwards);
  }

  // ---- blocks ----

  @TestFactory
  Stream<DynamicTest> callback_blocks_nobodyElseDoes() {
    return everywhere(
        calling -> {
          JCache<Object, Object> cache = calling.cache;
          if (calling.place != Place.LOADER) {
            cache.put(KEY, "before");
          }
          cache.put("short", "lived", Duration.ofMinutes(1));
          CountDownLatch blocked = new CountDownLatch(1);
          CountDownLatch release = new CountDownLatch(1);
          calling.once(
              key -> {
                blocked.countDown();
                Race.await(release);
              });
          Race blocking = Race.begin(() -> calling.call(KEY));
          Race.await(blocked);

          Race.run(
              () -> {
                cache.put("other", "value");
                assertThat(cache.get("other")).isEqualTo("value");
                cache.invoke("other", (entry, arguments) -> entry.exists());
                if (calling.place == Place.PROCESSOR || calling.place == Place.WRITER) {
                  assertThat(cache.get(KEY)).isEqualTo("before");
                }
                if (calling.place == Place.SYNCHRONOUS_LISTENER) {
                  assertThat(cache.get(KEY)).isEqualTo("written");
                }
                cache.containsKey(KEY);
                cache.forEach(entry -> {});
                cache.keys();
                cache.metadata(KEY);
                calling.cache.checksum();
              });
          Race.run(calling::expireWhatIsDue);
          assertThat(cache.size()).isEqualTo(calling.place == Place.LOADER ? 1 : 2);
          Race.run(cache::clear);
          assertThat(cache.containsKey("other")).isFalse();

          release.countDown();
          blocking.join();
          assertUsable(cache, KEY);
        });
  }

  @Test
  void asynchronousListener_blocks_operationsAndExpiryGoOn() {
    CountDownLatch release = new CountDownLatch(1);
    EventLog heard =
        new EventLog() {
          @Override
          void heard(CacheEntryEvent<?, ?> event) {
            Race.await(release);
          }
        };
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    cache.registerCacheEntryListener(CacheFixture.asynchronous(heard));

    Race.run(
        () -> {
          cache.put("short", "lived", Duration.ofMinutes(1));
          cache.put("other", "value");
          fixture.advance(Duration.ofMinutes(2));
          CacheFixture.runTimer(cache);
        });

    assertThat(cache.size()).isEqualTo(1);
    release.countDown();
    CacheFixture.awaitAsynchronousListeners(cache);
    assertThat(heard.events())
        .containsExactly("CREATED short lived", "CREATED other value", "EXPIRED short lived");
  }

  // ---- throws ----

  @TestFactory
  Stream<DynamicTest> callback_throwsAnything_letsGoOfEverything() {
    List<Throwable> thrown =
        List.of(
            new UnsupportedOperationException("unchecked"),
            new java.io.IOException("checked"),
            new AssertionError("error"),
            new NoClassDefFoundError("error"));
    return thrown.stream()
        .flatMap(
            failure ->
                everywhere(
                    calling -> {
                      calling.once(key -> Sneaky.doThrow(failure));

                      Throwable seen = catchThrowable(() -> calling.call(KEY));

                      assertThat(rootOf(seen)).isSameAs(failure);
                      assertUsable(calling.cache, KEY);
                      assertUsable(calling.cache, "other");
                    }));
  }

  /** What had happened before the failure is told, and nobody waits for it for ever. */
  @TestFactory
  Stream<DynamicTest> callback_throwsAfterAnExpiry_theExpiryIsTold() {
    List<Throwable> thrown =
        List.of(new UnsupportedOperationException("unchecked"), new AssertionError("error"));
    return thrown.stream()
        .flatMap(
            failure ->
                Stream.of(Place.LOADER, Place.WRITER, Place.PROCESSOR)
                    .map(
                        place ->
                            DynamicTest.dynamicTest(
                                place + " " + failure.getClass().getSimpleName(),
                                () -> throwsAfterAnExpiry(place, failure))));
  }

  private void throwsAfterAnExpiry(Place place, Throwable failure) {
    Calling calling = new Calling(place);
    EventLog heard = new EventLog();
    calling.cache.registerCacheEntryListener(synchronous(heard));
    calling.cache.put(KEY, "old", Duration.ofMinutes(1));
    fixture.advance(Duration.ofMinutes(1));
    calling.once(key -> Sneaky.doThrow(failure));

    catchThrowable(() -> calling.call(KEY));

    assertThat(heard.events()).containsExactly("CREATED k old", "EXPIRED k old");
    assertUsable(calling.cache, KEY);
  }

  /** One of two listeners fails with an error, among the events of several keys. */
  @Test
  void listener_throwsAnError_theOthersHearEverything() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    AssertionError failure = new AssertionError("error");
    EventLog heard = new EventLog();
    cache.registerCacheEntryListener(synchronous(new FailureParityTest.EventLogThrowing(failure)));
    cache.registerCacheEntryListener(synchronous(heard));

    Throwable seen = catchThrowable(() -> cache.putAll(Map.of("a", 1, "b", 2, "c", 3)));

    assertThat(seen).isSameAs(failure);
    assertThat(heard.events())
        .containsExactlyInAnyOrder("CREATED a 1", "CREATED b 2", "CREATED c 3");
    Race.run(() -> catchThrowable(() -> cache.put("c", 4)));
    assertThat(heard.events()).contains("UPDATED c 3>4");
  }

  // ---- aids ----

  /** Whatever happened before: another thread can do everything with this key. */
  private static void assertUsable(JCache<Object, Object> cache, Object key) {
    Race.run(
        () -> {
          cache.put(key, "usable");
          assertThat(cache.get(key)).isEqualTo("usable");
          assertThat(cache.replace(key, "usable", "again")).isTrue();
          Object seen = cache.invoke(key, (entry, arguments) -> entry.getValue());
          assertThat(seen).isEqualTo("again");
          assertThat(cache.remove(key)).isTrue();
        });
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the other thread did not come", e);
    }
  }

  private static void note(Queue<Throwable> thrown, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      thrown.add(e);
    }
  }

  private static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
