package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.EventType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The events of a key reach a listener one at a time and in the order in which they happened. */
class EventOrderTest {

  private static final int THREADS = 4;
  private static final int CHANGES = 3_000;

  private final CacheFixture fixture = new CacheFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** What one event said of its key. */
  private record Said(EventType type, Object before, Object after) {}

  @ParameterizedTest
  @CsvSource({"true, STRING", "false, STRING", "true, LIST", "true, BYTES"})
  void changes_ofManyThreads_areToldAsOneChainPerKey(boolean synchronous, KeyKind kind) {
    Map<String, List<Said>> said = new ConcurrentHashMap<>();
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    EventLog listener =
        new EventLog() {
          @Override
          void heard(CacheEntryEvent<?, ?> event) {
            said.computeIfAbsent(KeyKind.text(event.getKey()), key -> new ArrayList<>())
                .add(said(event));
          }
        };
    cache.registerCacheEntryListener(CacheFixture.listener(listener, null, synchronous));

    Race.run(
        IntStream.rangeClosed(1, THREADS)
            .mapToObj(thread -> change(cache, kind, thread))
            .toArray(Race.Task[]::new));
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(said).hasSize(2);
    assertChain(said.get("k"), cache.get(kind.key()));
    assertChain(said.get("other"), cache.get(kind.other()));
  }

  private static Race.Task change(JCache<Object, Object> cache, KeyKind kind, int thread) {
    return () -> {
      for (int i = 0; i < CHANGES; i++) {
        Object key = i % 2 == 0 ? kind.key() : kind.other();
        String value = thread + "." + i;
        switch ((i / 2 + thread) % 5) {
          case 0 -> cache.remove(key);
          case 1 -> cache.putIfAbsent(key, value);
          case 2 -> cache.replace(key, value);
          case 3 -> cache.putAll(Map.of(kind.key(), value, kind.other(), value));
          default -> cache.put(key, value);
        }
      }
    };
  }

  private static Said said(CacheEntryEvent<?, ?> event) {
    return switch (event.getEventType()) {
      case CREATED -> new Said(event.getEventType(), null, event.getValue());
      case UPDATED -> new Said(event.getEventType(), event.getOldValue(), event.getValue());
      case REMOVED, EXPIRED -> new Said(event.getEventType(), event.getOldValue(), null);
    };
  }

  /** Each event begins with the value with which the one before has ended. */
  private static void assertChain(List<Said> chain, Object end) {
    Object value = null;
    for (Said next : chain) {
      assertThat(next.before()).isEqualTo(value);
      value = next.after();
    }
    assertThat(end).isEqualTo(value);
  }
}
