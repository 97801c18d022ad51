package io.github.mccache.cli;

import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.McCacheEntryEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;

/**
 * One member of the {@link Demo}, in a JVM of its own: does to its cache what it is told on
 * standard input, and reports on standard output what it did and what it saw of the others, with
 * the microsecond at which it did.
 */
final class DemoMember {

  static final String CACHE = "demo";

  private static final int BURST_KEYS = 200;

  private final McCache<String, String> cache;
  private final PrintStream out;

  private DemoMember(McCache<String, String> cache, PrintStream out) {
    this.cache = cache;
    this.out = out;
  }

  /** Runs until standard input ends. */
  @SuppressWarnings({"unchecked", "SystemOut"})
  public static void main(String[] arguments) throws IOException {
    try (CacheManager manager = Caching.getCachingProvider().getCacheManager()) {
      McCache<String, String> cache =
          manager
              .createCache(
                  CACHE,
                  new McCacheConfiguration<String, String>().setTypes(String.class, String.class))
              .unwrap(McCache.class);
      new DemoMember(cache, System.out).run();
    }
  }

  private void run() throws IOException {
    cache.registerCacheEntryListener(
        new MutableCacheEntryListenerConfiguration<>(() -> new Reporter(), null, true, false));
    report("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      obey(Pattern.compile(" ").splitAsStream(line).toList());
    }
  }

  private void obey(List<String> words) {
    long begun = nowMicros();
    switch (words.get(0)) {
      case "put" -> cache.put(words.get(1), words.get(2));
      case "put-for" ->
          cache.put(words.get(1), words.get(2), Duration.ofMillis(Long.parseLong(words.get(3))));
      case "replace" -> cache.replace(words.get(1), words.get(2));
      case "remove" -> cache.remove(words.get(1));
      case "clear" -> cache.clear();
      case "await-empty" -> awaitEmpty();
      case "burst" -> burst(Integer.parseInt(words.get(1)), Long.parseLong(words.get(2)));
      case "checksum" -> {}
      default -> throw new IllegalArgumentException("unknown command " + words.get(0));
    }
    report("done " + words.get(0) + " " + begun + " " + resultOf(words));
  }

  private String resultOf(List<String> words) {
    return switch (words.get(0)) {
      case "checksum" -> cache.checksum().toString();
      case "put-for" -> String.valueOf(deadlineMicros(words.get(1)));
      default -> "";
    };
  }

  private long deadlineMicros(String key) {
    return cache
        .metadata(key)
        .map(EntryMetadata::expires)
        .map(expires -> ChronoUnit.MICROS.between(Instant.EPOCH, expires))
        .orElseThrow();
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** A clear makes no events: that others have followed it is seen by looking. */
  private void awaitEmpty() {
    Instant end = Instant.now().plusSeconds(3);
    while (cache.iterator().hasNext() && Instant.now().isBefore(end)) {
      Thread.onSpinWait();
    }
  }

  /** Changes keys as fast as it can: 7 of 10 are written, 2 removed, 1 written to expire soon. */
  private void burst(int changes, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < changes; i++) {
      String key = "key-" + random.nextInt(BURST_KEYS);
      int what = random.nextInt(10);
      if (what < 7) {
        cache.put(key, "value-" + i);
      } else if (what < 9) {
        cache.remove(key);
      } else {
        cache.put(key, "short-lived", Duration.ofMillis(300));
      }
    }
  }

  private void report(String what) {
    long micros = nowMicros();
    synchronized (out) {
      out.println(micros + " " + what);
      out.flush();
    }
  }

  /** Reports what other members did, and what expired here. */
  private final class Reporter
      implements CacheEntryCreatedListener<String, String>,
          CacheEntryUpdatedListener<String, String>,
          CacheEntryRemovedListener<String, String>,
          CacheEntryExpiredListener<String, String> {

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(this::reportIfRemote);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(this::reportIfRemote);
    }

    @Override
    public void onRemoved(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(this::reportIfRemote);
    }

    @Override
    public void onExpired(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(event -> reportUnlessBurst("expired", event.getKey()));
    }

    private void reportIfRemote(CacheEntryEvent<? extends String, ? extends String> event) {
      if (((McCacheEntryEvent<?, ?>) event).isRemote()) {
        reportUnlessBurst("saw", event.getKey());
      }
    }

    private void reportUnlessBurst(String what, String key) {
      if (!key.startsWith("key-")) {
        report(what + " " + key);
      }
    }
  }
}
