package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.McCache;
import io.github.mccache.api.Mode;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.integration.CompletionListenerFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mutation of every operation reaches the other members, in every mode, as the table of modes
 * promises.
 */
class CoherenceTest {

  private static final String KEY = "key";
  private static final String LAST = "marker";

  private final Cluster cluster = new Cluster();

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  /**
   * A mutation of the key.
   *
   * @param name of the operation
   * @param seeded whether the key has the value "old" everywhere before
   * @param action what a member does
   * @param after the value that it leaves, null for none
   */
  record Mutation(
      String name,
      boolean seeded,
      Consumer<McCache<String, String>> action,
      @Nullable String after) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Mutation> mutations() {
    return Stream.of(
        new Mutation("put, new", false, cache -> cache.put(KEY, "new"), "new"),
        new Mutation("put", true, cache -> cache.put(KEY, "new"), "new"),
        new Mutation(
            "put with a time to live", true, c -> c.put(KEY, "new", Duration.ofHours(1)), "new"),
        new Mutation("getAndPut", true, cache -> cache.getAndPut(KEY, "new"), "new"),
        new Mutation("putAll", true, cache -> cache.putAll(Map.of(KEY, "new", "b", "b")), "new"),
        new Mutation("putIfAbsent", false, cache -> cache.putIfAbsent(KEY, "new"), "new"),
        new Mutation("replace", true, cache -> cache.replace(KEY, "new"), "new"),
        new Mutation("replace a value", true, cache -> cache.replace(KEY, "old", "new"), "new"),
        new Mutation("getAndReplace", true, cache -> cache.getAndReplace(KEY, "new"), "new"),
        new Mutation("remove", true, cache -> cache.remove(KEY), null),
        new Mutation("remove a value", true, cache -> cache.remove(KEY, "old"), null),
        new Mutation("getAndRemove", true, cache -> cache.getAndRemove(KEY), null),
        new Mutation("removeAll of keys", true, cache -> cache.removeAll(Set.of(KEY)), null),
        new Mutation("removeAll", true, cache -> cache.removeAll(), null),
        new Mutation("clear", true, cache -> cache.clear(), null),
        new Mutation("invoke, set", true, CoherenceTest::setByProcessor, "new"),
        new Mutation("invoke, remove", true, CoherenceTest::removeByProcessor, null),
        new Mutation("iterator, remove", true, CoherenceTest::removeByIterator, null),
        new Mutation("putAsync", true, cache -> cache.putAsync(KEY, "new").join(), "new"),
        new Mutation("removeAsync", true, cache -> cache.removeAsync(KEY).join(), null));
  }

  private static void setByProcessor(McCache<String, String> cache) {
    cache.invoke(
        KEY,
        (entry, arguments) -> {
          entry.setValue("new");
          return null;
        });
  }

  private static void removeByProcessor(McCache<String, String> cache) {
    cache.invoke(
        KEY,
        (entry, arguments) -> {
          entry.remove();
          return null;
        });
  }

  private static void removeByIterator(McCache<String, String> cache) {
    for (Iterator<javax.cache.Cache.Entry<String, String>> all = cache.iterator();
        all.hasNext(); ) {
      if (all.next().getKey().equals(KEY)) {
        all.remove();
      }
    }
  }

  static Stream<Arguments> mutationsInModes() {
    return Stream.of(Mode.REPLICATE, Mode.UPDATE, Mode.INVALIDATE)
        .flatMap(mode -> mutations().map(mutation -> Arguments.of(mode, mutation)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("mutationsInModes")
  void mutation_elsewhere_isSeenAsTheModePromises(Mode mode, Mutation mutation) {
    McCache<String, String> writer = Cluster.open(cluster.member(), mode);
    McCache<String, String> reader = Cluster.open(cluster.member(), mode);
    awaitTwoMembers();
    if (mutation.seeded()) {
      seed(mode, reader, writer);
    }

    mutation.action().accept(writer);

    assertThat(writer.get(KEY)).isEqualTo(mutation.after());
    boolean takesValues = mode == Mode.REPLICATE || (mode == Mode.UPDATE && mutation.seeded());
    String expected = takesValues ? mutation.after() : null;
    await().untilAsserted(() -> assertThat(reader.get(KEY)).isEqualTo(expected));
    assertThat(writer.get(KEY)).as("the writer's own value").isEqualTo(mutation.after());
  }

  /** Gives both members the value "old", as far as the mode lets two members hold one key. */
  private void seed(Mode mode, McCache<String, String> reader, McCache<String, String> writer) {
    reader.put(KEY, "older");
    await().until(() -> cluster.memberBean(0, "ChangesReceived").equals(1L));
    writer.put(KEY, "old");
    await()
        .until(
            () ->
                mode == Mode.INVALIDATE ? reader.get(KEY) == null : "old".equals(reader.get(KEY)));
  }

  private void awaitTwoMembers() {
    await()
        .until(
            () ->
                cluster.memberBean(0, "AliveMembers").equals(1)
                    && cluster.memberBean(1, "AliveMembers").equals(1));
  }

  @Test
  void destroyCache_elsewhere_emptiesTheCache() {
    javax.cache.CacheManager destroyer = cluster.member();
    McCache<String, String> destroyed = Cluster.open(destroyer, Mode.REPLICATE);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();
    destroyed.put(KEY, "value");
    await().until(() -> reader.containsKey(KEY));

    destroyer.destroyCache("cache");

    await().until(() -> !reader.iterator().hasNext());
  }

  @Test
  void close_elsewhere_leavesTheData() {
    javax.cache.CacheManager leaver = cluster.member();
    McCache<String, String> left = Cluster.open(leaver, Mode.REPLICATE);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();
    left.put(KEY, "value");

    leaver.close();

    await().until(() -> cluster.memberBean(1, "AliveMembers").equals(0));
    await().until(() -> "value".equals(reader.get(KEY)));
  }

  @ParameterizedTest
  @MethodSource("mutationsInModes")
  void mutation_ofALocalCache_staysHere(Mode mode, Mutation mutation) {
    // The mode of the other member does not matter: nothing is sent.
    McCache<String, String> local = Cluster.open(cluster.member(), Mode.LOCAL);
    McCache<String, String> other = Cluster.open(cluster.member(), mode);
    other.put(KEY, "theirs");
    if (mutation.seeded()) {
      local.put(KEY, "old");
    }

    mutation.action().accept(local);

    assertThat(local.get(KEY)).isEqualTo(mutation.after());
    assertThat(other.get(KEY)).isEqualTo("theirs");
    assertThat(cluster.memberBean(1, "ChangesReceived")).isEqualTo(0L);
  }

  @Test
  void load_inReplicate_fillsTheOthers() throws Exception {
    McCache<String, String> loader =
        Cluster.open(cluster.member(), Mode.REPLICATE, Loading::throughLoader);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();

    assertThat(loader.get("read")).isEqualTo("loaded read");
    CompletionListenerFuture done = new CompletionListenerFuture();
    loader.loadAll(Set.of("all"), false, done);
    done.get();

    await().until(() -> "loaded read".equals(reader.get("read")));
    await().until(() -> "loaded all".equals(reader.get("all")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"UPDATE", "INVALIDATE"})
  void load_inOtherModes_staysHere(Mode mode) {
    McCache<String, String> loader = Cluster.open(cluster.member(), mode, Loading::throughLoader);
    McCache<String, String> reader = Cluster.open(cluster.member(), mode);
    awaitTwoMembers();
    reader.put(KEY, "theirs");
    await().until(() -> ((Long) cluster.memberBean(0, "ChangesReceived")) == 1);

    assertThat(loader.get(KEY)).isEqualTo("loaded key");
    loader.put(LAST, "written after the load");

    await().until(() -> ((Long) cluster.memberBean(1, "ChangesReceived")) == 1);
    assertThat(reader.get(KEY)).as("nothing was sent of the load").isEqualTo("theirs");
  }

  @Test
  void eviction_isNotSent() {
    McCache<String, String> small =
        Cluster.open(cluster.member(), Mode.REPLICATE, c -> c.setMaximumEntries(2));
    McCache<String, String> large = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();
    for (String key : new String[] {"a", "b", "c", "d"}) {
      small.put(key, key);
      await().until(() -> large.containsKey(key));
    }

    assertThat(small.size()).isEqualTo(2);
    small.put(LAST, "written after the evictions");
    await().until(() -> large.containsKey(LAST));
    assertThat(large.keys()).contains("a", "b", "c", "d");
  }

  @Test
  void expiry_isComputedAlike() {
    McCache<String, String> writer = Cluster.open(cluster.member(), Mode.REPLICATE);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();

    writer.put(KEY, "value", Duration.ofHours(1));

    await().until(() -> reader.containsKey(KEY));
    assertThat(reader.metadata(KEY).orElseThrow().expires())
        .isNotNull()
        .isEqualTo(writer.metadata(KEY).orElseThrow().expires());
    assertThat(reader.metadata(KEY).orElseThrow().version())
        .isEqualTo(writer.metadata(KEY).orElseThrow().version());
    assertThat(reader.metadata(KEY).orElseThrow().local()).isFalse();
  }
}
