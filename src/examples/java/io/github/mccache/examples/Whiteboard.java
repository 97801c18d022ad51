package io.github.mccache.examples;

import java.util.Scanner;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;

/** A cache that several JVMs of one machine share: start it twice, and type in both windows. */
public final class Whiteboard {

  private Whiteboard() {}

  /**
   * Reads lines from standard input: "key value" writes, "key" removes, an empty line shows all.
   */
  public static void main(String[] arguments) {
    try (CacheManager manager = Caching.getCachingProvider().getCacheManager();
        Cache<String, String> board =
            manager.createCache(
                "whiteboard",
                new MutableConfiguration<String, String>().setTypes(String.class, String.class))) {
      board.registerCacheEntryListener(
          new MutableCacheEntryListenerConfiguration<>(Teller::new, null, false, false));
      System.out.println("Type \"key value\" to write, \"key\" to remove, nothing to see all.");
      Scanner in = new Scanner(System.in);
      while (in.hasNextLine()) {
        String[] words = in.nextLine().split(" ", 2);
        if (words.length == 2) {
          board.put(words[0], words[1]);
        } else if (words[0].isEmpty()) {
          board.forEach(entry -> System.out.println(entry.getKey() + " = " + entry.getValue()));
        } else {
          board.remove(words[0]);
        }
      }
    }
  }

  /** Tells of every change, whoever made it. */
  private static final class Teller
      implements CacheEntryCreatedListener<String, String>,
          CacheEntryUpdatedListener<String, String>,
          CacheEntryRemovedListener<String, String> {

    private static void tell(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(e -> System.out.println(e.getKey() + ": " + e));
    }

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      tell(events);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      tell(events);
    }

    @Override
    public void onRemoved(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      tell(events);
    }
  }
}
