package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.config.EnvironmentLayer.PythonVariable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reference file, the documentation and the code tell the same settings and defaults. */
class SettingsReferenceTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z.-]+)` \\| `(.*?)` \\| `(\\w+)` \\| (.*?) \\| (.+) \\|");

  /** What a row of the table says, apart from the explanation. */
  private record Row(String name, String byDefault, String variable, String python) {}

  @Test
  void reference_keys_areThoseOfTheCode() {
    assertThat(new ArrayList<>(ReferenceLayer.read().asMap().keySet()))
        .isEqualTo(Catalogue.ALL.stream().map(setting -> SettingName.of(setting.name())).toList());
  }

  @Test
  void reference_eachKey_hasACommentADefaultAndItsVariable() {
    List<String> lines = ReferenceLayer.text().lines().map(String::strip).toList();
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).contains("${?MCCACHE")) {
        continue;
      }
      String name = lines.get(i).replaceFirst(" = .*", "");
      variables.add(lines.get(i).replaceFirst(".*\\$\\{\\?(\\w+)}", "$1"));
      assertThat(lines.get(i - 1)).startsWith(name + " = ");
      assertThat(lines.get(i - 2)).startsWith("# ");
      assertThat(variables.get(variables.size() - 1))
          .endsWith("_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
    assertThat(variables).isEqualTo(Catalogue.ALL.stream().map(Setting::variable).toList());
  }

  @Test
  void reference_defaults_areAcceptedByTheCode() {
    Findings findings = new Findings();
    ReferenceLayer.read()
        .asMap()
        .forEach((name, raw) -> Catalogue.find(name).check(name, raw, findings));
    findings.throwIfMistaken();
    assertThat(findings.warnings()).isEmpty();
  }

  @Test
  void reference_isNotMergedIntoAnApplicationsConfiguration() {
    assertThat(getClass().getClassLoader().getResource("reference.conf")).isNull();
    assertThat(ConfigFactory.load().hasPath("mccache")).isFalse();
  }

  @Test
  void page_table_tellsTheSameAsTheCode() throws IOException {
    String page = Files.readString(Path.of("src/site/markdown/settings.md"));
    List<Row> told =
        page.lines()
            .flatMap(line -> ROW.matcher(line).results())
            .map(SettingsReferenceTest::row)
            .toList();
    assertThat(told).isEqualTo(Catalogue.ALL.stream().map(SettingsReferenceTest::row).toList());
  }

  @Test
  void page_example_isAccepted() throws IOException {
    String page = Files.readString(Path.of("src/site/markdown/settings.md"));
    String example = page.substring(page.indexOf("```hocon\n") + 9);
    Path file = Files.createTempFile("mccache", ".conf");
    Files.writeString(file, example.substring(0, example.indexOf("```")));
    Settings settings = Sources.none().uri(file).load();
    Files.delete(file);
    assertThat(settings.cache("session-1").templates()).containsExactly("session-*");
    assertThat(settings.cache("com.acme.reference").maximumBytes()).hasValue(64 << 20);
    assertThat(settings.cache("orders").with(new McCacheConfiguration<>()).maximumEntries())
        .isEqualTo(50_000);
  }

  private static Row row(MatchResult match) {
    return new Row(match.group(1), match.group(2), match.group(3), match.group(4).replace("`", ""));
  }

  private static Row row(Setting<?> setting) {
    RawValue raw = ReferenceLayer.read().asMap().get(SettingName.of(setting.name()));
    String python =
        EnvironmentLayer.PYTHON.stream()
            .filter(variable -> variable.setting() == setting)
            .map(PythonVariable::name)
            .collect(Collectors.joining(", "));
    String text = setting.text(raw);
    return new Row(
        setting.name(),
        text.isEmpty() ? "\"\"" : text,
        setting.variable(),
        python.isEmpty() ? "–" : python);
  }
}
