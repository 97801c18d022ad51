package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.github.mccache.api.McCache;
import io.github.mccache.api.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.cache.CacheManager;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The suite of Guava's testlib for a {@link java.util.concurrent.ConcurrentMap}, over caches
 * without a cluster and with one, whose other member holds the cache, too.
 */
class MapSuiteTest {

  /** The number of tests in the suite for the features below. */
  private static final int TESTS = 930;

  private static final Cluster CLUSTER = new Cluster();

  private static McCache<String, String> clustered;
  private static McCache<String, String> byReference;
  private static McCache<String, String> byValue;

  @BeforeAll
  static void open() {
    CacheManager other = CLUSTER.member();
    Cluster.open(other, Mode.REPLICATE);
    clustered = Cluster.open(CLUSTER.member(), Mode.REPLICATE);
    byValue = Cluster.open(CLUSTER.member("mccache.cluster.enabled", "false"), Mode.REPLICATE);
    byReference =
        Cluster.open(
            CLUSTER.member("mccache.cluster.enabled", "false"),
            Mode.REPLICATE,
            configuration -> {
              configuration.setStoreByValue(false);
              return configuration;
            });
  }

  @AfterAll
  static void close() {
    CLUSTER.close();
  }

  @TestFactory
  List<DynamicTest> map_byValue_keepsItsContract() {
    return tests(byValue);
  }

  @TestFactory
  List<DynamicTest> map_byReference_keepsItsContract() {
    return tests(byReference);
  }

  @TestFactory
  List<DynamicTest> map_clustered_keepsItsContract() {
    return tests(clustered);
  }

  @Test
  void suite_isWhole() {
    assertThat(tests(byValue)).hasSize(TESTS);
  }

  private static List<DynamicTest> tests(McCache<String, String> cache) {
    List<DynamicTest> tests = new ArrayList<>();
    addTests(suite(cache), tests);
    return tests;
  }

  private static TestSuite suite(McCache<String, String> cache) {
    return ConcurrentMapTestSuiteBuilder.using(
            new TestStringMapGenerator() {
              @Override
              protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                cache.clear();
                Map<String, String> map = new MapOfCache<>(cache);
                for (Map.Entry<String, String> entry : entries) {
                  map.put(entry.getKey(), entry.getValue());
                }
                return map;
              }
            })
        .named("cache")
        .withFeatures(
            MapFeature.GENERAL_PURPOSE,
            CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
            CollectionSize.ANY)
        .createTestSuite();
  }

  private static void addTests(TestSuite suite, List<DynamicTest> tests) {
    for (junit.framework.Test test : Collections.list(suite.tests())) {
      if (test instanceof TestSuite part) {
        addTests(part, tests);
      } else {
        TestCase leaf = (TestCase) test;
        tests.add(DynamicTest.dynamicTest(leaf.getName(), leaf::runBare));
      }
    }
  }
}
