package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTypesTest {

  @Property(tries = 500)
  void duration_writtenAndRead_isTheSame(
      @ForAll @LongRange(min = 1_000_000, max = 315_360_000_000_000_000L) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    ValueType<Duration> type = ValueTypes.duration();
    assertThat(type.parse(RawValue.text(type.text(duration), "a test"))).isEqualTo(duration);
  }

  @Property(tries = 500)
  void size_writtenAndRead_isTheSame(@ForAll @LongRange(min = 1, max = 1L << 30) long bytes) {
    ValueType<Long> type = ValueTypes.size(1L << 30);
    assertThat(type.parse(RawValue.text(type.text(bytes), "a test"))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500ms",
    "2s, 2s",
    "2 seconds, 2s",
    "90s, 90s",
    "120s, 2m",
    "1.5h, 90m",
    "24h, 1d",
    "2000us, 2ms",
    "1500us, 1500us"
  })
  void duration_table(String text, String canonical) {
    ValueType<Duration> type = ValueTypes.duration();
    assertThat(type.text(type.parse(RawValue.text(text, "a test")))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1024, 1KiB",
    "1000, 1000",
    "16MiB, 16MiB",
    "16M, 16MiB",
    "16m, 16MiB",
    "1MB, 1000000",
    "512k, 512KiB",
    "1 GiB, 1GiB",
    "1536KiB, 1536KiB"
  })
  void size_table(String text, String canonical) {
    ValueType<Long> type = ValueTypes.size(1L << 30);
    assertThat(type.text(type.parse(RawValue.text(text, "a test")))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "ON, true", "yes, true", "false, false", "off, false", "No, false"})
  void flag_table(String text, boolean expected) {
    assertThat(ValueTypes.flag().parse(RawValue.text(text, "a test"))).isEqualTo(expected);
  }

  @Test
  void literal_name_asksNobody() {
    assertThat(ValueTypes.literal("localhost")).isNull();
    assertThat(ValueTypes.literal("1.2.3")).isNull();
    assertThat(ValueTypes.literal("a::zz")).isNull();
    assertThat(ValueTypes.literal("::1")).isNotNull();
    assertThat(ValueTypes.literal("127.0.0.1")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "mccache.cluster.name, , cluster.name",
    "mccache.caches.orders.mode, orders, mode",
    "mccache.caches.\"a.b\".mode, a.b, mode",
    "mccache.caches.a.b.mode, a.b, mode",
    "mccache.caches.\"a\\\"b\".mode, a\"b, mode",
    "mccache.caches.mode, , caches.mode",
  })
  void flatName_table(String property, String template, String name) {
    assertThat(FlatNames.parse(property)).isEqualTo(new SettingName(template, name));
  }

  @Test
  void flatName_ofSomebodyElse_isNull() {
    assertThat(FlatNames.parse("mccacheX.a")).isNull();
    assertThat(FlatNames.parse("mccache")).isNull();
    assertThat(FlatNames.parse("hibernate.javax.cache.uri")).isNull();
  }
}
