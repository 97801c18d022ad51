package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.io.Serializable;
import java.util.stream.IntStream;
import javax.cache.CacheManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys of classes of the application, between real members. */
class KeyClassTest {

  private static final int ENTRIES = 30;

  private final Cluster cluster = new Cluster();

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  /** The key of a method with two parameters, say. */
  record MethodKey(String first, int second) implements Serializable {}

  private static McCache<Object, Object> untyped(CacheManager member) {
    return Cluster.cast(member.createCache("cache", new McCacheConfiguration<Object, Object>()));
  }

  private static McCache<MethodKey, String> typed(CacheManager member) {
    McCacheConfiguration<MethodKey, String> configuration = new McCacheConfiguration<>();
    configuration.setTypes(MethodKey.class, String.class);
    return Cluster.cast(member.createCache("cache", configuration));
  }

  private static MethodKey key(int i) {
    return new MethodKey("book", i);
  }

  private Object bean(int member, String attribute) {
    return cluster.cacheBean(member, "cache", attribute);
  }

  @Test
  void member_joinsLateWithoutTypes_hasItsWarmUpFromTheFirstUseOfTheKeyClass() {
    McCache<Object, Object> first = untyped(cluster.member());
    for (int i = 0; i < ENTRIES; i++) {
      first.put(key(i), "value " + i);
    }
    McCache<Object, Object> late = untyped(cluster.member());
    await().until(() -> bean(1, "UnreadableKeys").equals((long) ENTRIES));
    assertThat(late.iterator()).toIterable().isEmpty();
    assertThat(late.containsKey("another")).isFalse();
    assertThat(bean(1, "Entries")).isEqualTo(0L);

    // What came before the transfer that a new member asks for is not trusted yet.
    await().until(() -> "value 0".equals(late.get(key(0))));
    await()
        .untilAsserted(
            () ->
                assertThat(IntStream.range(0, ENTRIES).mapToObj(i -> late.get(key(i))))
                    .hasSize(ENTRIES)
                    .doesNotContainNull());
    assertThat(bean(1, "UnreadableKeys")).isEqualTo(0L);
    assertThat(bean(1, "Entries")).isEqualTo((long) ENTRIES);
  }

  @Test
  void member_withoutUseOfTheKeyClass_handsOnWhatItHasReceived() {
    CacheManager origin = cluster.member();
    McCache<Object, Object> first = untyped(origin);
    McCache<Object, Object> second = untyped(cluster.member());
    first.put("begun", true);
    await().until(() -> second.containsKey("begun"));
    for (int i = 0; i < ENTRIES; i++) {
      first.put(key(i), "value " + i);
    }
    await().until(() -> bean(1, "UnreadableKeys").equals((long) ENTRIES));
    origin.close();

    McCache<Object, Object> third = untyped(cluster.member());

    await().until(() -> "value 7".equals(third.get(key(7))));
  }

  @Test
  void member_withoutAnyOperation_decodesDeclaredKeysOnItsOwnThread() {
    McCache<MethodKey, String> first = typed(cluster.member());
    McCache<MethodKey, String> second = typed(cluster.member());
    await().until(() -> cluster.memberBean(1, "AliveMembers").equals(1));

    first.put(key(1), "one");

    await().until(() -> bean(1, "Entries").equals(1L));
    assertThat(second.get(key(1))).isEqualTo("one");
    first.remove(key(1));
    await().until(() -> bean(1, "Entries").equals(0L));
    cluster.close();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("mccache-keys-")));
  }
}
