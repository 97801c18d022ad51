package io.github.mccache.tck;

import static org.assertj.core.api.Assertions.assertThat;

import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class OpenedCacheTest {

  private static final OpenedCache STRANGE = new OpenedCache("urn:x:\"a\"", "a cache, = *\n?");

  @Test
  void ofBean_cache_isReadWithItsManager() throws MalformedObjectNameException {
    ObjectName bean =
        new ObjectName(
            "io.github.mccache:type=Cache,manager="
                + ObjectName.quote(STRANGE.manager())
                + ",cache="
                + ObjectName.quote(STRANGE.name())
                + ",origin=0123456789abcdef");

    assertThat(OpenedCache.ofBean(bean)).contains(STRANGE);
  }

  @Test
  void ofBean_anotherBean_isNone() throws MalformedObjectNameException {
    assertThat(OpenedCache.ofBean(new ObjectName("io.github.mccache:type=Member,manager=a")))
        .isEmpty();
    assertThat(OpenedCache.ofBean(new ObjectName("javax.cache:type=Cache,manager=a,cache=b")))
        .isEmpty();
  }

  @Test
  void parse_line_isWhatWasWritten() {
    assertThat(STRANGE.toLine()).doesNotContain("\n");
    assertThat(OpenedCache.parse(STRANGE.toLine())).isEqualTo(STRANGE);
  }
}
