package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.MemberMXBean;
import io.github.mccache.api.SharedCacheMXBean;
import io.github.mccache.wire.Refusal;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.cache.management.CacheStatisticsMXBean;
import org.junit.jupiter.api.Test;

/** A log line that names a counter sends people to a bean: the bean must have it. */
class LoggedCountersTest {

  private static final Pattern NAMED =
      Pattern.compile("the counter ([A-Z]\\w+) goes on|counted as ([A-Z_]+)\"");

  @Test
  void counters_namedInLogLines_existInABean() throws IOException {
    Set<String> named = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        Matcher names = NAMED.matcher(Files.readString(source).replaceAll("\"\\s*\\+ \"", ""));
        while (names.find()) {
          named.add(names.group(1) == null ? names.group(2) : names.group(1));
        }
      }
    }
    Set<String> counters = new HashSet<>();
    for (Class<?> bean :
        new Class<?>[] {SharedCacheMXBean.class, MemberMXBean.class, CacheStatisticsMXBean.class}) {
      for (Method method : bean.getMethods()) {
        counters.add(method.getName().replaceFirst("^get", ""));
      }
    }
    Arrays.stream(Refusal.values()).map(Enum::name).forEach(counters::add);

    assertThat(named).contains("OversizedValues", "DroppedEvents", "KEPT_APART");
    assertThat(counters).containsAll(named);
  }
}
