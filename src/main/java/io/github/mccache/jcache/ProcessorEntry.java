package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import java.util.Objects;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * The entry that an entry processor works on (JSR-107, chapter 9): what the processor does is
 * noted, and done when it has returned; when it throws, nothing is. Confined to the thread that
 * holds the key.
 *
 * <table>
 *   <caption>What a processor does to an entry, and what it then sees and causes</caption>
 *   <tr><td>intent</td><td>comes from</td><td>exists</td><td>value</td><td>in the end</td></tr>
 *   <tr><td>NONE</td><td>the beginning</td><td>as the cache</td><td>the cache's, else loaded</td>
 *       <td>nothing</td></tr>
 *   <tr><td>ACCESS</td><td>getValue of what was here</td><td>as the cache</td><td>the cache's</td>
 *       <td>an access</td></tr>
 *   <tr><td>STORE_LOADED</td><td>getValue that loaded</td><td>yes</td><td>the loaded one</td>
 *       <td>a load is stored</td></tr>
 *   <tr><td>PUT</td><td>setValue</td><td>yes</td><td>the one set</td><td>a put</td></tr>
 *   <tr><td>REMOVE</td><td>remove</td><td>no</td><td>none, and nothing is loaded</td>
 *       <td>a removal, the writer deletes</td></tr>
 *   <tr><td>FORGET</td><td>remove of a value that was set here, of a key that has none in the cache
 *       and was not loaded</td><td>no</td><td>none, and nothing is loaded</td><td>nothing</td></tr>
 * </table>
 */
final class ProcessorEntry<K, V> implements MutableEntry<K, V>, AutoCloseable {

  private final CacheParts<K, V> parts;
  private final EntryStep<K, V> step;
  private Intent intent = Intent.NONE;
  private @Nullable V value;

  /** The place in history of an entry that was absent at the beginning: a load, or a first put. */
  private final CoherentStore.@Nullable Load begun;

  private boolean asked;
  private boolean loaded;

  /** What is to be done with the entry in the end. */
  private enum Intent {
    NONE,
    ACCESS,
    STORE_LOADED,
    PUT,
    REMOVE,
    FORGET
  }

  ProcessorEntry(CacheParts<K, V> parts, EntryStep<K, V> step) {
    this.parts = parts;
    this.step = step;
    this.begun = step.exists() ? null : parts.store().beginLoad(step.key());
  }

  @Override
  public K getKey() {
    return parts.store().callerKey(step.key());
  }

  @Override
  public boolean exists() {
    return switch (intent) {
      case NONE, ACCESS -> step.exists();
      case STORE_LOADED, PUT -> true;
      case REMOVE, FORGET -> false;
    };
  }

  @Override
  public @Nullable V getValue() {
    if (intent == Intent.NONE) {
      value = step.value();
      if (value != null) {
        intent = Intent.ACCESS;
      } else if (parts.reader().isEnabled() && !asked) {
        load();
      }
    }
    return value;
  }

  private void load() {
    value = parts.reader().load(step.key());
    asked = true;
    if (value != null) {
      loaded = true;
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

  @Override
  public void remove() {
    boolean onlyHere = intent == Intent.PUT && !loaded && !step.exists();
    intent = onlyHere || intent == Intent.FORGET ? Intent.FORGET : Intent.REMOVE;
    value = null;
  }

  /** Performs the operation that the processor requested. */
  void commit() {
    V result = value;
    switch (intent) {
      case NONE, FORGET -> {}
      case ACCESS -> step.access();
      case STORE_LOADED -> {
        if (result != null && begun != null) {
          step.storeLoaded(parts.store().holdLoaded(result), begun);
        }
      }
      case PUT -> {
        if (result != null) {
          put(result);
        }
      }
      case REMOVE -> step.remove();
    }
  }

  /**
   * What a processor sets where nothing was may have been read from where the others write, before
   * they did: it takes its place in history where the processor began. What the writer takes is the
   * last word there, and so it is here.
   */
  private void put(V result) {
    if (begun == null || parts.writer().isEnabled() || step.exists()) {
      step.put(result, parts.store().hold(result));
    } else if (parts.misses() != null) {
      step.fill(parts.store().holdLoaded(result), null, begun);
    } else {
      step.putSince(parts.store().hold(result), begun);
    }
  }

  /** Ends the load or first put. */
  @Override
  public void close() {
    if (begun != null) {
      begun.close();
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this);
  }
}
