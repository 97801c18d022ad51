package io.github.mccache.examples.shop;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/** The books of a database; every read of it gives another edition. */
@Service
public class Books {

  private final AtomicInteger reads = new AtomicInteger();

  /** Returns null for a title that begins with "no". */
  @Cacheable("books")
  public Book byTitle(String title) {
    return read(title);
  }

  @Cacheable(cacheNames = "books-in-sync", sync = true)
  public Book byTitleInSync(String title) {
    return read(title);
  }

  @Cacheable("prices")
  public Price price(String title, String currency) {
    reads.incrementAndGet();
    return new Price(title.length(), currency + "-" + UUID.randomUUID());
  }

  @CacheEvict(cacheNames = {"books", "books-in-sync"})
  public void change(String title) {}

  public int reads() {
    return reads.get();
  }

  private Book read(String title) {
    reads.incrementAndGet();
    return title.startsWith("no") ? null : new Book(title, UUID.randomUUID());
  }
}
