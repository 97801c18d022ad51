package io.github.mccache.jcache;

import io.github.mccache.api.McCache;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListenerFuture;

/** Sibling operations on the key {@code k}, by name. */
final class Operations {

  static final String KEY = "k";

  private Operations() {}

  /** What writes {@code new} over {@code old}, through the writer. */
  static Map<String, Consumer<McCache<Object, Object>>> updates() {
    Map<String, Consumer<McCache<Object, Object>>> updates = new LinkedHashMap<>();
    updates.put("put", cache -> cache.put(KEY, "new"));
    updates.put("putAll", cache -> cache.putAll(Map.of(KEY, "new")));
    updates.put("getAndPut", cache -> cache.getAndPut(KEY, "new"));
    updates.put("replace", cache -> cache.replace(KEY, "new"));
    updates.put("replace old", cache -> cache.replace(KEY, "old", "new"));
    updates.put("getAndReplace", cache -> cache.getAndReplace(KEY, "new"));
    updates.put("putAsync", cache -> cache.putAsync(KEY, "new").join());
    updates.put("invoke", Operations::set);
    return updates;
  }

  /** What writes {@code new} where nothing is, through the writer. */
  static Map<String, Consumer<McCache<Object, Object>>> creations() {
    Map<String, Consumer<McCache<Object, Object>>> creations = new LinkedHashMap<>();
    creations.put("put", cache -> cache.put(KEY, "new"));
    creations.put("putAll", cache -> cache.putAll(Map.of(KEY, "new")));
    creations.put("getAndPut", cache -> cache.getAndPut(KEY, "new"));
    creations.put("putIfAbsent", cache -> cache.putIfAbsent(KEY, "new"));
    creations.put("putAsync", cache -> cache.putAsync(KEY, "new").join());
    creations.put("putIfAbsentAsync", cache -> cache.putIfAbsentAsync(KEY, "new").join());
    creations.put("invoke", Operations::set);
    return creations;
  }

  /** What removes {@code old}, through the writer. */
  static Map<String, Consumer<McCache<Object, Object>>> removals() {
    Map<String, Consumer<McCache<Object, Object>>> removals = new LinkedHashMap<>();
    removals.put("remove", cache -> cache.remove(KEY));
    removals.put("remove old", cache -> cache.remove(KEY, "old"));
    removals.put("getAndRemove", cache -> cache.getAndRemove(KEY));
    removals.put("removeAll of keys", cache -> cache.removeAll(Set.of(KEY)));
    removals.put("removeAll", Cache::removeAll);
    removals.put("removeAsync", cache -> cache.removeAsync(KEY).join());
    removals.put("iterator.remove", Operations::removeFirst);
    removals.put("invoke", Operations::removeByProcessor);
    return removals;
  }

  /** What loads the key where nothing is, when the cache reads through. */
  static Map<String, Consumer<McCache<Object, Object>>> loads() {
    Map<String, Consumer<McCache<Object, Object>>> loads = new LinkedHashMap<>();
    loads.put("get", cache -> cache.get(KEY));
    loads.put("getAll", cache -> cache.getAll(Set.of(KEY)));
    loads.put("getAsync", cache -> cache.getAsync(KEY).join());
    loads.put("invoke", cache -> cache.invoke(KEY, (entry, arguments) -> entry.getValue()));
    loads.put("loadAll", cache -> loadAll(cache, false, KEY));
    loads.put("loadAll replacing", cache -> loadAll(cache, true, KEY));
    return loads;
  }

  static void set(Cache<Object, Object> cache) {
    cache.invoke(
        KEY,
        (entry, arguments) -> {
          entry.setValue("new");
          return null;
        });
  }

  private static void removeByProcessor(Cache<Object, Object> cache) {
    cache.invoke(
        KEY,
        (entry, arguments) -> {
          entry.remove();
          return null;
        });
  }

  private static void removeFirst(Cache<Object, Object> cache) {
    var all = cache.iterator();
    all.next();
    all.remove();
  }

  static void loadAll(Cache<Object, Object> cache, boolean replace, Object... keys) {
    CompletionListenerFuture done = new CompletionListenerFuture();
    cache.loadAll(Set.of(keys), replace, done);
    try {
      done.get();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    }
  }

  /** A loader of one key at a time, for both ways of the API. */
  @FunctionalInterface
  interface Loader extends CacheLoader<Object, Object> {

    @Override
    default Map<Object, Object> loadAll(Iterable<?> keys) {
      return StreamSupport.stream(keys.spliterator(), false)
          .filter(key -> load(key) != null)
          .collect(Collectors.toMap(key -> key, this::load));
    }
  }
}
