package io.github.mccache.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.tck.TckReport.Part;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gate: the whole TCK ran, against the provider that was named, and passed. */
class CompletenessTest {

  static Stream<String> runs() {
    return Stream.of(System.getProperty("tck.runs").split(","));
  }

  /** The runs with a second member. */
  static Stream<String> runsInCompany() {
    return Stream.of(System.getProperty("tck.runs.in-company", "").split(","))
        .filter(run -> !run.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("runs")
  void run_wholeTck_passed(String run) throws IOException {
    TckReport report = TckReport.read(folder(run));
    System.out.println(report.summary(run));

    assertThat(report.problems(Part.CACHES)).as("TCK " + run).isEmpty();
  }

  @Test
  void annotations_allTests_passedWithInterceptedBeans() throws IOException {
    TckReport report = TckReport.read(folder("annotations"));
    System.out.println(report.summary("annotations"));

    assertThat(report.problems(Part.ANNOTATIONS)).isEmpty();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("runsInCompany")
  void runInCompany_secondMember_heldTheSameCaches(String run) throws IOException {
    Companion.Report held = Companion.Report.sum(folder(run));
    System.out.printf(
        "TCK %s: %d datagrams with %d changes reached the second member, which held %d caches%n",
        run, held.datagrams(), held.changes(), held.caches());

    assertThat(held.datagrams()).as("datagrams that reached the second member").isPositive();
    assertThat(held.changes()).as("changes that reached the second member").isPositive();
    assertThat(held.caches()).as("caches that the second member held").isPositive();
    assertThat(held.cachesRefused()).as("caches that it could not open, see its log").isZero();
  }

  @Test
  void excludeList_holdsTheDummyTestOnly() throws IOException {
    List<URL> lists = Collections.list(getClass().getClassLoader().getResources("ExcludeList"));
    assertThat(lists).hasSize(1);

    try (InputStream list = lists.get(0).openStream()) {
      assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactly(Part.DUMMY);
    }
  }

  @Test
  void provider_isTheOneNamedAndPackaged() throws URISyntaxException {
    try (CachingProvider provider = Caching.getCachingProvider()) {
      Path origin =
          Path.of(provider.getClass().getProtectionDomain().getCodeSource().getLocation().toURI());

      assertThat(provider.getClass().getName()).isEqualTo(System.getProperty("tck.provider.class"));
      assertThat(origin).isRegularFile();
      assertThat(origin.toString()).endsWith(System.getProperty("tck.provider.jar", ".jar"));
    }
  }

  private static Path folder(String run) {
    return Path.of(System.getProperty("tck.reports"), run);
  }
}
