package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Beans are found by the name that the reference implementation makes and by the one that
 * Micrometer makes, wherever these are legal, and leave with their cache.
 */
class JmxNamesTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private static final List<String> URIS =
      List.of(
          "urn:mccache:jmx",
          "urn:with-hyphen",
          "file:///etc/my%20caches/mccache.conf",
          "classpath:/a,b=c",
          "jar:file:/app.jar!/BOOT-INF/mccache.conf",
          "http://host:8080/path?query=1&more=*#end");

  private static final List<String> NAMES =
      List.of(
          "plain",
          "with-hyphen",
          "with space",
          "with:colon",
          "with,comma",
          "with=equals",
          "with,two=parts",
          "\"quoted\"",
          "half\"quoted",
          "star*",
          "question?",
          "line\nbreak",
          "back\\slash",
          "com.example.Book#chapters",
          "ümläut");

  static Stream<Arguments> names() {
    return URIS.stream().flatMap(uri -> NAMES.stream().map(name -> Arguments.of(uri, name)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void createCache_anyUriAndName_hasBeansWhereToolsLookForThem(String uri, String name)
      throws JMException {
    try (CacheFixture fixture = new CacheFixture(URI.create(uri))) {
      var configuration = CacheFixture.byValue();
      configuration.setManagementEnabled(true);
      JCache<Object, Object> cache = fixture.cache(name, configuration);
      cache.put("k", 1);
      cache.get("k");
      assertThat(beans()).isNotEmpty();

      for (ObjectName bean : lookedFor(uri, name, "CacheStatistics")) {
        assertThat(SERVER.isRegistered(bean)).as("%s", bean).isTrue();
        assertThat(SERVER.getAttribute(bean, "CacheHits")).isEqualTo(1L);
        assertThat(SERVER.getAttribute(bean, "CachePuts")).isEqualTo(1L);
      }
      for (ObjectName bean : lookedFor(uri, name, "CacheConfiguration")) {
        assertThat(SERVER.getAttribute(bean, "StatisticsEnabled")).isEqualTo(true);
      }

      fixture.manager().enableStatistics(name, false);
      fixture.manager().enableManagement(name, false);
      assertThat(beans()).isEmpty();
      fixture.manager().enableStatistics(name, true);
      assertThat(beans()).isNotEmpty();
    }
    assertThat(beans()).isEmpty();
  }

  /** The names under which others look for the bean, as far as they are names at all. */
  private static List<ObjectName> lookedFor(String uri, String cache, String type) {
    List<ObjectName> names = new ArrayList<>();
    addIfLegal(names, type, uri.replaceAll("[,:=\n]", "."), cache.replaceAll("[,:=\n]", "."));
    addIfLegal(names, type, uri.replace(':', '.'), cache);
    return names;
  }

  private static void addIfLegal(List<ObjectName> names, String type, String uri, String cache) {
    try {
      ObjectName name =
          new ObjectName("javax.cache:type=" + type + ",CacheManager=" + uri + ",Cache=" + cache);
      if (!name.isPattern()) {
        names.add(name);
      }
    } catch (MalformedObjectNameException e) {
      // Then nobody can look for it.
    }
  }

  private static List<ObjectName> beans() {
    try {
      return List.copyOf(SERVER.queryNames(new ObjectName("javax.cache:*"), null));
    } catch (MalformedObjectNameException e) {
      throw new AssertionError(e);
    }
  }

  /** Two names that look alike to the bean server: one cache goes without a bean, both work. */
  @Test
  void createCache_nameIsTakenOnTheServer_worksWithoutABean() {
    try (CacheFixture fixture = new CacheFixture()) {
      JCache<Object, Object> first = fixture.cache("a:b", CacheFixture.byValue());
      JCache<Object, Object> second = fixture.cache("a.b", CacheFixture.byValue());

      second.put("k", 1);
      assertThat(second.get("k")).isEqualTo(1);
      second.close();

      assertThat(beans()).isNotEmpty();
      first.close();
      assertThat(beans()).isEmpty();
    }
  }
}
