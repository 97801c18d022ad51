package io.github.mccache.jcache;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;

/** Remembers what is written, one at a time and in bulk alike, such as {@code write k new}. */
class WriterLog implements CacheWriter<Object, Object> {

  private final List<String> calls = new CopyOnWriteArrayList<>();

  List<String> calls() {
    return List.copyOf(calls);
  }

  void clear() {
    calls.clear();
  }

  @Override
  public void write(Cache.Entry<?, ?> entry) {
    calls.add("write " + KeyKind.textOfSpoilt(entry.getKey()) + " " + entry.getValue());
  }

  @Override
  public void writeAll(Collection<Cache.Entry<?, ?>> entries) {
    entries.forEach(this::write);
    entries.clear();
  }

  @Override
  public void delete(Object key) {
    calls.add("delete " + KeyKind.textOfSpoilt(key));
  }

  @Override
  public void deleteAll(Collection<?> keys) {
    keys.forEach(this::delete);
    keys.clear();
  }
}
