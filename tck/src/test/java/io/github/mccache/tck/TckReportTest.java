package io.github.mccache.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.tck.TckReport.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a run can fall short is noticed. */
class TckReportTest {

  private static final String DUMMY_EXCLUDED =
      "INFO: ===== EXCLUDING TEST 'org.jsr107.tck.CachingTest'\t'dummyTest'.\n";

  @TempDir Path folder;

  @BeforeEach
  void wholeRun() throws IOException {
    for (int i = 1; i < Part.CACHES.classes(); i++) {
      writeClass(i, "<testcase name='only' classname='C%d' time='0'/>".formatted(i));
    }
    int rest = Part.CACHES.tests() - Part.CACHES.classes() + 1;
    StringBuilder tests = new StringBuilder();
    for (int i = 0; i < rest; i++) {
      tests.append("<testcase name='t%d' classname='C0' time='0'/>".formatted(i));
    }
    writeClass(0, tests.toString());
    Files.writeString(folder.resolve("org.jsr107.tck.CachingTest-output.txt"), DUMMY_EXCLUDED);
  }

  @Test
  void problems_wholeRunPassed_none() throws IOException {
    TckReport report = TckReport.read(folder);

    assertThat(report.problems(Part.CACHES)).isEmpty();
    assertThat(report.summary("here")).isEqualTo("TCK here: 481 tests in 40 classes, 0 failed");
  }

  @Test
  void problems_oneTestMissing_namesTheFigures() throws IOException {
    writeClass(1, "");

    assertThat(TckReport.read(folder).problems(Part.CACHES))
        .containsExactly("480 tests in 39 classes ran, but the TCK has 481 in 40");
  }

  @Test
  void problems_noFolder_namesTheFigures() throws IOException {
    assertThat(TckReport.read(folder.resolve("absent")).problems(Part.CACHES))
        .contains("0 tests in 0 classes ran, but the TCK has 481 in 40");
  }

  @Test
  void problems_failure_namesTheTest() throws IOException {
    writeClass(
        1,
        "<testcase name='only' classname='C1'><failure type='E' message='why'>at</failure>"
            + "</testcase>");

    TckReport report = TckReport.read(folder);

    assertThat(report.problems(Part.CACHES)).containsExactly("failed: C1#only: E why");
    assertThat(report.summary("here")).isEqualTo("TCK here: 481 tests in 40 classes, 1 failed");
  }

  @Test
  void problems_error_namesTheTest() throws IOException {
    writeClass(
        1, "<testcase name='only' classname='C1'><error type='E' message='why'/></testcase>");

    assertThat(TckReport.read(folder).problems(Part.CACHES))
        .containsExactly("failed: C1#only: E why");
  }

  @Test
  void problems_skipped_namesTheTestAndDoesNotCountIt() throws IOException {
    writeClass(1, "<testcase name='only' classname='C1'><skipped/></testcase>");

    assertThat(TckReport.read(folder).problems(Part.CACHES))
        .containsExactly(
            "480 tests in 39 classes ran, but the TCK has 481 in 40", "skipped: C1#only");
  }

  @Test
  void problems_oneMoreExclusion_namesIt() throws IOException {
    Files.writeString(
        folder.resolve("org.jsr107.tck.CacheTest-output.txt"),
        "INFO: ===== EXCLUDING TEST 'org.jsr107.tck.CacheTest'\t'testUnwrap'.\n");

    assertThat(TckReport.read(folder).problems(Part.CACHES))
        .singleElement()
        .asString()
        .contains("org.jsr107.tck.CacheTest#testUnwrap");
  }

  @Test
  void problems_noOutputCaptured_saysSo() throws IOException {
    Files.delete(folder.resolve("org.jsr107.tck.CachingTest-output.txt"));

    assertThat(TckReport.read(folder).problems(Part.CACHES))
        .containsExactly(
            "the TCK excluded [], but may exclude nothing other than"
                + " [org.jsr107.tck.CachingTest#dummyTest]");
  }

  @Test
  void problems_annotationsWithoutBeans_saysSo(@TempDir Path annotations) throws IOException {
    String tests =
        "<testsuite>"
            + "<testcase name='a' classname='A'/>".repeat(4)
            + "<testcase name='b' classname='B'/>".repeat(4)
            + "<testcase name='c' classname='C'/>".repeat(4)
            + "</testsuite>";
    Files.writeString(annotations.resolve("TEST-all.xml"), tests);

    assertThat(TckReport.read(annotations).problems(Part.ANNOTATIONS))
        .containsExactly("tests received 0 intercepted beans instead of 24");

    Files.writeString(
        annotations.resolve("all-output.txt"), (InterceptedBeans.RECEIVED + "\n").repeat(24));

    assertThat(TckReport.read(annotations).problems(Part.ANNOTATIONS)).isEmpty();
  }

  @Test
  void read_brokenReport_namesTheFile() throws IOException {
    Path broken = Files.writeString(folder.resolve("TEST-broken.xml"), "<testsuite>");

    assertThatThrownBy(() -> TckReport.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(broken.toString());
  }

  private void writeClass(int number, String tests) throws IOException {
    Files.writeString(
        folder.resolve("TEST-C%d.xml".formatted(number)),
        "<testsuite name='C%d'>%s</testsuite>".formatted(number, tests));
  }
}
