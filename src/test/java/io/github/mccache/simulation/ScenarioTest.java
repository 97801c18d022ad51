package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conversations in {@code src/test/resources/scenarios}: commands, and below them the messages
 * that members then send and the records that they hold. {@code -Dscenarios.rewrite=true} records
 * them anew.
 */
class ScenarioTest {

  private static final Path DIRECTORY = Path.of("src/test/resources/scenarios");
  private static final Path COHERENCE = Path.of("src/site/markdown/coherence.md");
  private static final String OUTPUT = "----";

  static Stream<Named<Path>> files() throws IOException {
    try (Stream<Path> all = Files.list(DIRECTORY)) {
      return all.sorted().toList().stream()
          .map(file -> Named.of(file.getFileName().toString(), file));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void conversation_performed_isAsWritten(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = performed(expected);
    if (Boolean.getBoolean("scenarios.rewrite")) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual)
          .as("%s; to rewrite it: -Dscenarios.rewrite=true", file)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void conversation_writtenDown_isNamedOnThePageThatItDetails(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".txt", "");

    assertThat(Files.readString(COHERENCE)).contains("*" + name + "*");
  }

  /** Returns the text with the present output: comments, and commands with their output below. */
  private static String performed(String text) {
    StringBuilder out = new StringBuilder();
    boolean inOutput = false;
    try (Conversation conversation = new Conversation()) {
      for (String line : text.lines().toList()) {
        if (inOutput) {
          inOutput = !line.isBlank();
        }
        if (!inOutput && !line.equals(OUTPUT)) {
          out.append(line).append('\n');
          if (!line.isBlank() && !line.startsWith("#")) {
            conversation.perform(line);
          }
        } else if (line.equals(OUTPUT)) {
          inOutput = true;
          out.append(OUTPUT).append('\n');
          conversation.takeLines().forEach(each -> out.append(each).append('\n'));
        }
      }
    }
    return out.toString();
  }
}
