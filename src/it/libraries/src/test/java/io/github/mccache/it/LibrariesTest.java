package io.github.mccache.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.it.Libraries.Isolated;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications with protobuf and HOCON parsers of their own, in any version. */
class LibrariesTest {

  static Stream<String> versions() {
    return Libraries.PROTOBUF_VERSIONS.stream();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void message_ofTheApplicationsProtobuf_arrivesDecoded(String version) throws Exception {
    assertArrives(version, version);
  }

  @Test
  void message_ofAnotherVersion_arrivesDecoded() throws Exception {
    assertArrives("3.25.5", "4.35.1");
    assertArrives("4.35.1", "3.25.5");
  }

  private static void assertArrives(String from, String to) throws Exception {
    String cluster = "libraries-" + UUID.randomUUID();
    String port = Libraries.freePort();
    try (Isolated sender = new Isolated(from, cluster, port);
        Isolated receiver = new Isolated(to, cluster, port)) {
      sender.ask("put");

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(receiver.ask("title")).isEqualTo("1984"));
      assertThat(receiver.ask("protobuf")).isEqualTo(Libraries.protobufJar(to));
    }
  }

  @Test
  void settings_ofTheApplication_areItsOwn() throws Exception {
    try (Isolated application = isolated()) {
      assertThat(application.ask("settings"))
          .isEqualTo(Libraries.CONFIG_JAR + " own=true mccache=false");
    }
  }

  @Test
  void settings_ofTheProvider_areReadFromHocon() throws Exception {
    try (Isolated application = isolated()) {
      assertThat(application.ask("bounded")).isEqualTo("5");
    }
  }

  private static Isolated isolated() throws Exception {
    return new Isolated("4.35.1", "libraries-" + UUID.randomUUID(), Libraries.freePort());
  }

  @Test
  void provider_onTheModulePath_isANamedModule() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                Libraries.join(Libraries.providerClassPath()),
                "--add-modules",
                "io.github.mccache",
                "-cp",
                Libraries.join(Libraries.applicationClassPath("4.34.2")),
                Application.class.getName(),
                "libraries-" + UUID.randomUUID(),
                Libraries.freePort(),
                "put",
                "title",
                "bounded",
                "module")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output.lines()).contains("title: 1984", "bounded: 5", "module: io.github.mccache");
    assertThat(process.waitFor()).isZero();
  }
}
