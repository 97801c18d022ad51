package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.McCacheConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.cache.processor.MutableEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What an entry processor sees and causes, whatever it does in whatever order, with a loader and a
 * writer: {@code steps | what it saw | loader and writer | end}. Steps are (g)etValue, (e)xists,
 * (s)etValue, (r)emove.
 */
class ProcessorIntentTest {

  private static final String ROW_PRESENT =
      """
      # what the loader has a row of
      g       | row                      | load                    | row
      g g     | row row                  | load                    | row
      e g e   | false row true           | load                    | row
      g r     | row                      | load delete             | -
      g r g   | row null                 | load delete             | -
      g r e   | row false                | load delete             | -
      g r r   | row                      | load delete             | -
      g r s   | row                      | load write              | new
      g r s g | row new                  | load write              | new
      g s     | row                      | load write              | new
      g s g   | row new                  | load write              | new
      g s r   | row                      | load delete             | -
      g s r g | row null                 | load delete             | -
      r       |                          | delete                  | -
      r g     | null                     | delete                  | -
      r g e   | null false               | delete                  | -
      r s     |                          | write                   | new
      r s r   |                          |                         | -
      s       |                          | write                   | new
      s g e   | new true                 | write                   | new
      s r     |                          |                         | -
      s r g   | null                     |                         | -
      s r e   | false                    |                         | -
      s r r   |                          |                         | -
      s r s   |                          | write                   | new
      s r g s | null                     | write                   | new
      e       | false                    |                         | -
      """;

  private static final String ROW_ABSENT =
      """
      # what the loader has no row of
      g       | null                     | load                    | -
      g g     | null null                | load                    | -
      g e     | null false               | load                    | -
      g s     | null                     | load write              | new
      g r     | null                     | load delete             | -
      """;

  private static final String ENTRY_PRESENT =
      """
      # what the cache holds
      g       | old                      |                         | old
      g r     | old                      | delete                  | -
      g r g e | old null false           | delete                  | -
      r s     |                          | write                   | new
      s r     |                          | delete                  | -
      s r g   | null                     | delete                  | -
      r s r g | null                     | delete                  | -
      """;

  private final CacheFixture fixture = new CacheFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @TestFactory
  List<DynamicTest> invoke_steps_seeAndCause() {
    List<DynamicTest> tests = new ArrayList<>();
    Map.of("row", ROW_PRESENT, "none", ROW_ABSENT, "entry", ENTRY_PRESENT)
        .forEach(
            (situation, table) ->
                table
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(
                        line ->
                            tests.add(
                                DynamicTest.dynamicTest(
                                    situation + ": " + line, () -> check(situation, line)))));
    assertThat(tests).hasSize(39);
    return tests;
  }

  private void check(String situation, String line) {
    List<String> cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
    List<String> calls = new ArrayList<>();
    JCache<Object, Object> cache = fixture.cache(configuration(situation, calls));
    if (situation.equals("entry")) {
      cache.put("k", "old");
      calls.clear();
    }

    Object seen =
        cache.invoke(
            "k",
            (entry, arguments) ->
                Arrays.stream(cells.get(0).split(" "))
                    .map(step -> step(entry, step))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(" ")));

    assertThat(seen).isEqualTo(cells.get(1));
    assertThat(String.join(" ", calls)).isEqualTo(cells.get(2));
    assertThat(Objects.requireNonNullElse(CacheFixture.held(cache, "k"), "-"))
        .isEqualTo(cells.get(3));
  }

  private static String step(MutableEntry<Object, Object> entry, String step) {
    switch (step) {
      case "g":
        return String.valueOf(entry.getValue());
      case "e":
        return String.valueOf(entry.exists());
      case "s":
        entry.setValue("new");
        return "";
      case "r":
        entry.remove();
        return "";
      default:
        throw new IllegalArgumentException(step);
    }
  }

  private static McCacheConfiguration<Object, Object> configuration(
      String situation, List<String> calls) {
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byReference();
    Operations.Loader loader =
        key -> {
          calls.add("load");
          return situation.equals("none") ? null : "row";
        };
    WriterLog writer =
        new WriterLog() {
          @Override
          public void write(javax.cache.Cache.Entry<?, ?> entry) {
            calls.add("write");
          }

          @Override
          public void delete(Object key) {
            calls.add("delete");
          }
        };
    configuration
        .setReadThrough(true)
        .setWriteThrough(true)
        .setCacheLoaderFactory(() -> loader)
        .setCacheWriterFactory(() -> writer);
    return configuration;
  }
}
