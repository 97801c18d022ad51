package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.DecodingException.Reason;
import io.github.mccache.codec.Orders.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The filter that an administrator sets for a whole JVM, in a JVM of its own. */
class JvmFilterTest {

  private static final int AS_EXPECTED = 42;

  @Test
  void decode_classRefusedByTheJvm_isRefusedThoughWeAllowIt() throws Exception {
    assertThat(exitStatusWith("-Djdk.serialFilter=!" + Line.class.getName()))
        .isEqualTo(AS_EXPECTED);
    assertThat(exitStatusWith("-Dnothing.set=true")).isEqualTo(AS_EXPECTED + 1);
  }

  private static int exitStatusWith(String option) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-Xmx64m",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Refused.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs in the other JVM; its exit status is the outcome. */
  static final class Refused {

    private Refused() {}

    public static void main(String[] arguments) {
      Codecs codecs = CodecsFixture.plain();
      Encoded encoded = codecs.encode(new ArrayList<>(List.of(new Line("a", 1))));
      try {
        codecs.decode(encoded);
        System.exit(AS_EXPECTED + 1);
      } catch (DecodingException e) {
        boolean expected =
            e.reason() == Reason.NOT_ALLOWED
                && Line.class.getName().equals(e.className())
                && e.settingToAdd() == null
                && e.getMessage().contains("jdk.serialFilter");
        System.exit(expected ? AS_EXPECTED : 1);
      }
    }
  }
}
