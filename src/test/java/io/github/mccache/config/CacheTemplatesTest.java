package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.api.Mode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheTemplatesTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "orders, orders, true",
    "orders, Orders, false",
    "orders, orders2, false",
    "orders-*, orders-, true",
    "orders-*, orders-eu-1, true",
    "orders-*, xorders-1, false",
    "*, '', true",
    "*, com.acme.Person, false",
    "**, com.acme.Person, true",
    "**, '', true",
    "*.Person, com.acme.Person, false",
    "**.Person, com.acme.Person, true",
    "com.*.Person, com.acme.Person, true",
    "com.*.Person, com.acme.eu.Person, false",
    "com.**.Person, com.acme.eu.Person, true",
    "com.acme.*, com.acme.Person, true",
    "com.acme.*, com.acme.eu.Person, false",
    "com.acme.**, com.acme.eu.Person, true",
    "com?acme, com.acme, false",
    "**.Person, comXPerson, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "a?c, abbc, false",
    "a\\*, a*, true",
    "a\\*, ab, false",
    "a\\[0\\], a[0], true",
    "a.c, abc, false",
    "a+, a+, true",
    "a*b*c, aXbYbZc, true",
  })
  void matches_table(String pattern, String cacheName, boolean expected) {
    assertThat(CacheNamePattern.parse(pattern).matches(cacheName)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a[0]", "{a,b}", "a\\"})
  void parse_wrongPattern_isRefused(String pattern) {
    assertThatThrownBy(() -> CacheNamePattern.parse(pattern))
        .isInstanceOf(WrongValueException.class);
  }

  @Test
  void cache_severalTemplates_theBestMatchWinsSettingBySetting() {
    Settings settings =
        settings(
            """
            mccache {
              defaults { mode = update, max-value = 1KiB, statistics = on }
              caches {
                "*"         { mode = local, maximum-entries = 1, time-to-live = 1s }
                "orders-*"  { maximum-entries = 2, time-to-live = 2s }
                "orders-eu" { maximum-entries = 3 }
                "unrelated" { max-value = 9 }
              }
            }
            """);
    CacheSettings exact = settings.cache("orders-eu");
    assertThat(exact.templates()).containsExactly("orders-eu", "orders-*", "*");
    assertThat(exact.maximumEntries()).isEqualTo(3);
    assertThat(exact.timeToLive()).contains(Duration.ofSeconds(2));
    assertThat(exact.mode()).isEqualTo(Mode.LOCAL);
    assertThat(exact.maxValueBytes()).isEqualTo(1024);
    assertThat(exact.statistics()).isTrue();
    assertThat(settings.cache("orders-us").maximumEntries()).isEqualTo(2);
    assertThat(settings.cache("x").maximumEntries()).isEqualTo(1);
    assertThat(settings.cache("x").templates()).containsExactly("*");
  }

  @Test
  void cache_exactNameShorterThanItsPattern_winsAllTheSame() {
    Settings settings =
        settings(
            """
            mccache.caches { "ab" { mode = local }, "a*?*" { mode = update }, "a?" { mode = invalidate } }
            """);
    assertThat(settings.cache("ab").mode()).isEqualTo(Mode.LOCAL);
    assertThat(settings.cache("ab").templates()).containsExactly("ab", "a*?*", "a?");
    assertThat(settings.cache("ac").mode()).isEqualTo(Mode.UPDATE);
  }

  @Test
  void cache_patternsOfOneLength_theOneWithFewerWildcardsWins() {
    Settings settings =
        settings("mccache.caches { \"a??\" { mode = local }, \"ab?\" { mode = update } }");
    assertThat(settings.cache("abc").mode()).isEqualTo(Mode.UPDATE);
  }

  @Test
  void cache_doubleStarBesideStar_theStarWins() {
    Settings settings =
        settings(
            """
            mccache.caches { "**" { mode = local }, "com.acme.*" { mode = update }, "com.acme.**" { mode = invalidate } }
            """);
    assertThat(settings.cache("com.acme.Person").templates())
        .containsExactly("com.acme.*", "com.acme.**", "**");
    assertThat(settings.cache("com.acme.eu.Person").mode()).isEqualTo(Mode.INVALIDATE);
    assertThat(settings.cache("org.Person").mode()).isEqualTo(Mode.LOCAL);
  }

  @Test
  void cache_templateAsProperty_namesWithDotsNeedNoQuotes() {
    Settings settings =
        Sources.none()
            .system("mccache.caches.com.acme.Person.mode", "local")
            .system("mccache.caches.\"com.acme.*\".maximum-entries", "5")
            .load();
    CacheSettings cache = settings.cache("com.acme.Person");
    assertThat(cache.mode()).isEqualTo(Mode.LOCAL);
    assertThat(cache.maximumEntries()).isEqualTo(5);
    assertThat(cache.templates()).containsExactly("com.acme.Person", "com.acme.*");
  }

  @Test
  void cache_templateInSeveralSources_theStrongerWinsPerSetting() {
    Path file =
        Sources.write(
            folder.resolve("a.conf"),
            "mccache.caches.orders { mode = local, maximum-entries = 1 }");
    Settings settings =
        Sources.none().uri(file).manager("mccache.caches.orders.maximum-entries", "2").load();
    assertThat(settings.cache("orders").mode()).isEqualTo(Mode.LOCAL);
    assertThat(settings.cache("orders").maximumEntries()).isEqualTo(2);
  }

  @Test
  void cache_boundByTemplate_isNotTheDefault() {
    Settings settings =
        settings(
            "mccache.caches { a { maximum-entries = 10000 }, b { maximum-bytes = 9 }, c { mode ="
                + " local } }");
    assertThat(settings.cache("a").maximumEntriesByDefault()).isFalse();
    assertThat(settings.cache("b").maximumEntriesByDefault()).isFalse();
    assertThat(settings.cache("b").maximumEntries()).isEqualTo(Long.MAX_VALUE);
    assertThat(settings.cache("c").maximumEntriesByDefault()).isTrue();
  }

  private Settings settings(String hocon) {
    return Sources.none().uri(Sources.write(folder.resolve("mccache.conf"), hocon)).load();
  }
}
