package io.github.mccache.tck;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What one run of the TCK did, read from the folder into which Surefire wrote its XML reports and
 * the captured output. Immutable.
 *
 * @param passed tests that ran and passed
 * @param failed one line per test that failed, in error as well
 * @param skipped names of tests that were skipped
 * @param excluded names of tests that the TCK itself let pass without running them
 * @param classes names of the classes of tests that passed or failed
 * @param beans how often a test received an intercepted bean, see {@link InterceptedBeans}
 */
record TckReport(
    int passed,
    List<String> failed,
    List<String> skipped,
    Set<String> excluded,
    Set<String> classes,
    int beans) {

  /** What the TCK 1.1.1 has in one of its two parts. */
  record Part(int tests, int classes, Set<String> exclusions, int beans) {

    /** An empty test of the TCK that exists to show how the list of exclusions works. */
    static final String DUMMY = "org.jsr107.tck.CachingTest#dummyTest";

    /** All but the tests of annotations. */
    static final Part CACHES = new Part(481, 40, Set.of(DUMMY), 0);

    /** Each receives two beans; without any it passes as well, and tests nothing. */
    static final Part ANNOTATIONS = new Part(12, 3, Set.of(), 24);
  }

  private static final Pattern EXCLUSION =
      Pattern.compile("===== EXCLUDING TEST '([^']+)'\\s+'([^']+)'");

  TckReport {
    failed = List.copyOf(failed);
    skipped = List.copyOf(skipped);
    excluded = Set.copyOf(excluded);
    classes = Set.copyOf(classes);
  }

  /** Reads a run's folder; a folder that is missing is a run without any test. */
  static TckReport read(Path folder) throws IOException {
    Reading reading = new Reading();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> reports = Files.newDirectoryStream(folder, "TEST-*.xml")) {
        for (Path report : reports) {
          reading.addReport(report);
        }
      }
      try (DirectoryStream<Path> outputs = Files.newDirectoryStream(folder, "*-output.txt")) {
        for (Path output : outputs) {
          reading.addOutput(output);
        }
      }
    }
    return reading.toReport();
  }

  int tests() {
    return passed + failed.size();
  }

  /** Returns what keeps this run from being the whole part, passed; empty when nothing does. */
  List<String> problems(Part part) {
    List<String> problems = new ArrayList<>();
    if (tests() != part.tests() || classes.size() != part.classes()) {
      problems.add(
          "%d tests in %d classes ran, but the TCK has %d in %d"
              .formatted(tests(), classes.size(), part.tests(), part.classes()));
    }
    if (beans != part.beans()) {
      problems.add(
          "tests received %d intercepted beans instead of %d".formatted(beans, part.beans()));
    }
    failed.forEach(test -> problems.add("failed: " + test));
    skipped.forEach(test -> problems.add("skipped: " + test));
    if (!excluded.equals(part.exclusions())) {
      problems.add(
          "the TCK excluded %s, but may exclude nothing other than %s"
              .formatted(new TreeSet<>(excluded), part.exclusions()));
    }
    return problems;
  }

  /** Returns the run's figures in a line. */
  String summary(String run) {
    return "TCK %s: %d tests in %d classes, %d failed"
        .formatted(run, tests(), classes.size(), failed.size());
  }

  private static final class Reading {

    private final DocumentBuilder parser = newParser();
    private int passed;
    private final List<String> failed = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final Set<String> excluded = new TreeSet<>();
    private final Set<String> classes = new TreeSet<>();
    private int beans;

    void addReport(Path report) throws IOException {
      NodeList tests = parse(report).getElementsByTagName("testcase");
      for (int i = 0; i < tests.getLength(); i++) {
        addTest((Element) tests.item(i));
      }
    }

    void addOutput(Path output) throws IOException {
      for (String line : Files.readAllLines(output)) {
        Matcher exclusion = EXCLUSION.matcher(line);
        if (exclusion.find()) {
          excluded.add(exclusion.group(1) + "#" + exclusion.group(2));
        }
        if (line.contains(InterceptedBeans.RECEIVED)) {
          beans++;
        }
      }
    }

    TckReport toReport() {
      return new TckReport(passed, failed, skipped, excluded, classes, beans);
    }

    private void addTest(Element test) {
      String name = test.getAttribute("classname") + "#" + test.getAttribute("name");
      if (has(test, "skipped")) {
        skipped.add(name);
        return;
      }
      classes.add(test.getAttribute("classname"));
      if (has(test, "failure")) {
        failed.add(name + ": " + message(test, "failure"));
      } else if (has(test, "error")) {
        failed.add(name + ": " + message(test, "error"));
      } else {
        passed++;
      }
    }

    private Document parse(Path report) throws IOException {
      try {
        return parser.parse(report.toFile());
      } catch (SAXException e) {
        throw new IOException("not a report of Surefire: " + report, e);
      }
    }

    private static boolean has(Element test, String child) {
      return test.getElementsByTagName(child).getLength() > 0;
    }

    private static String message(Element test, String child) {
      Element outcome = (Element) test.getElementsByTagName(child).item(0);
      return outcome.getAttribute("type") + " " + outcome.getAttribute("message");
    }

    private static DocumentBuilder newParser() {
      try {
        DocumentBuilder parser = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        // What is broken is told by the exception; the default handler prints it as well.
        parser.setErrorHandler(null);
        return parser;
      } catch (ParserConfigurationException e) {
        throw new IllegalStateException("the JDK's own XML parser refuses its defaults", e);
      }
    }
  }
}
