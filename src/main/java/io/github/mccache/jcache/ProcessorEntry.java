package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import java.util.Objects;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * The entry that an entry processor works on (JSR-107, chapter 9): what the processor does is
 * noted, and done when it has returned; when it throws, nothing is. Confined to the thread that
 * holds the key.
 */
final class ProcessorEntry<K, V> implements MutableEntry<K, V>, AutoCloseable {

  private final CacheParts<K, V> parts;
  private final EntryStep<K, V> step;
  private Intent intent = Intent.NONE;
  private @Nullable V value;
  private CoherentStore.@Nullable Load<K> load;

  /** What is to be done with the entry in the end. */
  private enum Intent {
    NONE,
    ACCESS,
    STORE_LOADED,
    PUT,
    REMOVE
  }

  ProcessorEntry(CacheParts<K, V> parts, EntryStep<K, V> step) {
    this.parts = parts;
    this.step = step;
  }

  @Override
  public K getKey() {
    return step.key();
  }

  @Override
  public boolean exists() {
    return switch (intent) {
      case NONE, ACCESS -> step.exists();
      case STORE_LOADED, PUT -> true;
      case REMOVE -> false;
    };
  }

  @Override
  public @Nullable V getValue() {
    if (intent == Intent.NONE) {
      value = step.value();
      if (value != null) {
        intent = Intent.ACCESS;
      } else if (parts.reader().isEnabled()) {
        load();
      }
    }
    return value;
  }

  private void load() {
    close();
    load = parts.store().beginLoad(step.key());
    value = parts.reader().load(step.key());
    if (value != null) {
      intent = Intent.STORE_LOADED;
    }
  }

  @Override
  public void setValue(V newValue) {
    Objects.requireNonNull(newValue, "value");
    parts.types().requireValue(newValue);
    value = newValue;
    intent = Intent.PUT;
  }

  /** A value that was set here, and that the cache has never had, is simply forgotten. */
  @Override
  public void remove() {
    boolean onlyHere = (intent == Intent.PUT || intent == Intent.STORE_LOADED) && !step.exists();
    intent = onlyHere ? Intent.NONE : Intent.REMOVE;
    value = null;
  }

  /** Does what the processor asked for. */
  void commit() {
    V result = value;
    switch (intent) {
      case NONE -> {}
      case ACCESS -> step.access();
      case STORE_LOADED -> {
        if (result != null && load != null) {
          step.storeLoaded(parts.store().hold(result), load);
        }
      }
      case PUT -> {
        if (result != null) {
          step.put(result, parts.store().hold(result));
        }
      }
      case REMOVE -> step.remove();
    }
  }

  /** Ends the load, if there was one. */
  @Override
  public void close() {
    if (load != null) {
      load.close();
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this);
  }
}
