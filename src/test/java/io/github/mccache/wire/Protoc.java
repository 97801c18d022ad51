package io.github.mccache.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.RuntimeVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The real protoc, the one with which the build has generated the classes: the protobuf plugin
 * leaves it below {@code target}, in the build for the system that the build runs on. A missing
 * protoc is a failure, never a reason to skip.
 */
final class Protoc {

  private static final Path PLUGIN_FOLDER = Path.of("target", "protobuf-maven-plugin");
  private static final String VERSION =
      "libprotoc " + RuntimeVersion.MINOR + "." + RuntimeVersion.PATCH;

  private final String executable;

  private Protoc(Path executable) {
    this.executable = executable.toString();
  }

  /** Returns the protoc that has the version of the protobuf library. */
  static Protoc find() throws Exception {
    List<Path> candidates;
    try (Stream<Path> files = Files.walk(PLUGIN_FOLDER)) {
      candidates = files.filter(Protoc::looksRight).toList();
    }
    for (Path candidate : candidates) {
      if (run(new byte[0], candidate.toString(), "--version").strip().equals(VERSION)) {
        return new Protoc(candidate);
      }
    }
    throw new AssertionError(
        "no executable " + VERSION + " below " + PLUGIN_FOLDER + " but " + candidates);
  }

  private static boolean looksRight(Path file) {
    return file.getFileName().toString().matches("protoc-.*\\.exe")
        && Files.isRegularFile(file)
        && Files.isExecutable(file);
  }

  /** Returns the text of a datagram, decoded with nothing but the files in {@code proto}. */
  String decode(byte[] datagram) throws Exception {
    return run(
        datagram, executable, "--decode=mccache.Datagram", "--proto_path=proto", "mccache.proto");
  }

  private static String run(byte[] input, String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // It did not want the input: its output and its exit status say why.
    }
    try (InputStream stdout = process.getInputStream()) {
      String output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    }
  }
}
