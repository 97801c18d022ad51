package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.expiry.AccessedExpiryPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an iterator over a cache does when entries expire, or the cache is closed, meanwhile. */
class EntryIteratorTest {

  private final CacheFixture fixture = new CacheFixture();
  private final JCache<Object, Object> cache =
      fixture.cache(
          CacheFixture.byReference()
              .setExpiryPolicyFactory(
                  AccessedExpiryPolicy.factoryOf(
                      new javax.cache.expiry.Duration(TimeUnit.SECONDS, 10))));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void next_entryExpiredSinceHasNext_neitherReturnsNorRevivesIt() {
    cache.put("k", 1);
    Iterator<Cache.Entry<Object, Object>> all = cache.iterator();
    assertThat(all.hasNext()).isTrue();

    fixture.advance(Duration.ofSeconds(11));

    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(all::next);
    assertThat(all.hasNext()).isFalse();
    assertThat(cache.containsKey("k")).isFalse();
    assertThat(cache.get("k")).isNull();
  }

  @Test
  void next_entryExpiredSinceHasNext_goesOnToOneThatHasNot() {
    cache.put("a", 1);
    cache.put("b", 2);
    Iterator<Cache.Entry<Object, Object>> all = cache.iterator();
    assertThat(all.hasNext()).isTrue();
    fixture.advance(Duration.ofSeconds(9));
    Object second = second();
    cache.get(second);
    fixture.advance(Duration.ofSeconds(2));

    assertThat(all.next().getKey()).isEqualTo(second);
    assertThat(all.hasNext()).isFalse();
  }

  @Test
  void next_cacheClearedSinceHasNext_returnsWhatHasNextFound() {
    cache.put("k", 1);
    Iterator<Cache.Entry<Object, Object>> all = cache.iterator();
    assertThat(all.hasNext()).isTrue();

    cache.clear();

    assertThat(all.next().getKey()).isEqualTo("k");
    assertThat(all.hasNext()).isFalse();
    assertThat(cache.containsKey("k")).isFalse();
  }

  /** The key that an iterator comes to last. */
  private Object second() {
    Iterator<?> keys = cache.parts().store().iterator();
    keys.next();
    return ((Map.Entry<?, ?>) keys.next()).getKey();
  }

  @Test
  void hasNextAndNext_cacheWasClosed_throwAsEveryOperation() {
    cache.put("k", 1);
    Iterator<Cache.Entry<Object, Object>> fresh = cache.iterator();
    Iterator<Cache.Entry<Object, Object>> begun = cache.iterator();
    begun.hasNext();
    cache.close();

    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(fresh::hasNext);
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(begun::hasNext);
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(begun::next);
  }
}
