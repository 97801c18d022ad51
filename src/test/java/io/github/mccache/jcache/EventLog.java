package io.github.mccache.jcache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;

/** Hears of everything and remembers it as text, such as {@code UPDATED k old>new}. */
class EventLog
    implements CacheEntryCreatedListener<Object, Object>,
        CacheEntryUpdatedListener<Object, Object>,
        CacheEntryRemovedListener<Object, Object>,
        CacheEntryExpiredListener<Object, Object> {

  private final List<String> events = new CopyOnWriteArrayList<>();

  List<String> events() {
    return List.copyOf(events);
  }

  void clear() {
    events.clear();
  }

  /** Called for every event; what it throws reaches the cache. */
  void heard(CacheEntryEvent<?, ?> event) {}

  private void log(Iterable<CacheEntryEvent<?, ?>> all) {
    for (CacheEntryEvent<?, ?> event : all) {
      events.add(text(event));
      heard(event);
    }
  }

  static String text(CacheEntryEvent<?, ?> event) {
    String values =
        switch (event.getEventType()) {
          case CREATED -> String.valueOf(event.getValue());
          case UPDATED -> event.getOldValue() + ">" + event.getValue();
          case REMOVED, EXPIRED -> String.valueOf(event.getOldValue());
        };
    return event.getEventType() + " " + KeyKind.textOfSpoilt(event.getKey()) + " " + values;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  @Override
  public void onCreated(Iterable<CacheEntryEvent<?, ?>> all) {
    log(all);
  }

  @Override
  public void onUpdated(Iterable<CacheEntryEvent<?, ?>> all) {
    log(all);
  }

  @Override
  public void onRemoved(Iterable<CacheEntryEvent<?, ?>> all) {
    log(all);
  }

  @Override
  public void onExpired(Iterable<CacheEntryEvent<?, ?>> all) {
    log(all);
  }
}
