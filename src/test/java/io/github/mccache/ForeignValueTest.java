package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.FactoryBuilder.SingletonFactory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that do not agree on what a cache holds. */
class ForeignValueTest {

  private final Cluster cluster = new Cluster();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  /** Of a class that only one member knows. */
  static final class Secret implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** Needs the key and the value of every event, as listeners do. */
  private final class Listener<V>
      implements CacheEntryCreatedListener<String, V>,
          CacheEntryUpdatedListener<String, V>,
          CacheEntryRemovedListener<String, V> {

    private final Class<V> type;

    Listener(Class<V> type) {
      this.type = type;
    }

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends V>> events) {
      note(events);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends V>> events) {
      note(events);
    }

    @Override
    public void onRemoved(Iterable<CacheEntryEvent<? extends String, ? extends V>> events) {
      note(events);
    }

    private void note(Iterable<CacheEntryEvent<? extends String, ? extends V>> events) {
      for (CacheEntryEvent<? extends String, ? extends V> event : events) {
        Object value = event.getValue();
        String text = event.getEventType() + " " + event.getKey() + " " + value;
        heard.add(type.isInstance(value) ? text : text + " of another type");
        if (event.isOldValueAvailable() && !type.isInstance(event.getOldValue())) {
          heard.add("old value of another type");
        }
      }
    }
  }

  private <V> McCache<String, V> open(CacheManager member, Class<V> type) {
    McCacheConfiguration<String, V> configuration = new McCacheConfiguration<>();
    configuration.setTypes(String.class, type);
    return Cluster.cast(member.createCache("cache", configuration));
  }

  private <V> void listen(Cache<String, V> cache, Class<V> type) {
    cache.registerCacheEntryListener(
        new MutableCacheEntryListenerConfiguration<>(
            new SingletonFactory<>(new Listener<>(type)), null, true, false));
  }

  private void awaitMarker() {
    await().until(() -> heard.stream().anyMatch(text -> text.contains("marker")));
  }

  @Test
  void operations_remoteValueOfAnotherType_isAMissAndNeverAClassCastException() {
    McCache<String, Object> loose = open(cluster.member(), Object.class);
    McCache<String, Integer> strict = open(cluster.member(), Integer.class);
    await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));
    await().until(() -> cluster.memberBean(1, "AliveMembers").equals(1));
    listen(strict, Integer.class);

    loose.put("wrong", "a text");
    loose.put("wrong", "another text");
    loose.remove("wrong");
    loose.put("wrong", "a text again");
    loose.put("marker", 7);
    awaitMarker();

    assertThat(strict.get("marker")).isEqualTo(7);
    assertThat(heard).containsExactly("CREATED marker 7");
    List<String> keys = new ArrayList<>();
    for (Cache.Entry<String, Integer> entry : strict) {
      Integer value = entry.getValue();
      keys.add(entry.getKey() + value);
    }
    assertThat(keys).containsExactly("marker7");
    assertThat(strict.get("wrong")).isNull();
    assertThat(strict.containsKey("wrong")).isFalse();
    Integer before = strict.invoke("wrong", (entry, arguments) -> entry.getValue());
    assertThat(before).isNull();
    strict.put("wrong", 8);
    assertThat(strict.get("wrong")).isEqualTo(8);
  }

  @Test
  void listener_remoteValueThatCannotBeDecoded_hearsOfNothingWithoutAValue() {
    McCache<String, Object> writer = open(cluster.member(), Object.class);
    McCache<String, Object> reader = open(cluster.member(), Object.class);
    await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));
    await().until(() -> cluster.memberBean(1, "AliveMembers").equals(1));
    listen(reader, Object.class);

    writer.put("secret", new Secret());
    writer.put("secret", new Secret());
    writer.put("secret", "a text");
    writer.put("secret", new Secret());
    writer.remove("secret");
    writer.put("marker", 7);
    awaitMarker();

    assertThat(heard).allSatisfy(text -> assertThat(text).doesNotContain("null", "of another"));
    assertThat(heard).last().asString().isEqualTo("CREATED marker 7");
  }
}
