package io.github.mccache.it;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What the build handed over, and applications that are made of it. */
final class Libraries {

  static final List<String> PROTOBUF_VERSIONS =
      List.of("3.25.5", "4.28.2", "4.31.1", "4.34.2", "4.35.1");
  static final String CONFIG_JAR = "config-1.4.1.jar";

  private Libraries() {}

  static String protobufJar(String version) {
    return "protobuf-java-" + version + ".jar";
  }

  static Path providerJar() {
    return Path.of(System.getProperty("provider.jar"));
  }

  static Path providerPom() {
    return Path.of(System.getProperty("provider.pom"));
  }

  /** The jar of the provider and what its POM names. */
  static List<Path> providerClassPath() {
    return List.of(System.getProperty("provider.classpath").split(",")).stream()
        .map(Path::of)
        .toList();
  }

  /** An application's own classes and libraries. */
  static List<Path> applicationClassPath(String protobuf) {
    Path libraries = Path.of(System.getProperty("libraries"));
    return List.of(
        Path.of(System.getProperty("application")),
        libraries.resolve(protobufJar(protobuf)),
        libraries.resolve(CONFIG_JAR));
  }

  static String join(List<Path> paths) {
    return String.join(File.pathSeparator, paths.stream().map(Path::toString).toList());
  }

  static String freePort() {
    try (DatagramSocket socket = new DatagramSocket()) {
      return String.valueOf(socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An {@link Application} that shares no class with the test but the JDK's. */
  static final class Isolated implements Closeable {

    private final URLClassLoader loader;
    private final Object application;

    Isolated(String protobuf, String cluster, String port) throws Exception {
      List<URL> urls = new ArrayList<>();
      for (Path path : providerClassPath()) {
        urls.add(url(path));
      }
      for (Path path : applicationClassPath(protobuf)) {
        urls.add(url(path));
      }
      loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      application =
          loader
              .loadClass(Application.class.getName())
              .getConstructor(String.class, String.class)
              .newInstance(cluster, port);
    }

    private static URL url(Path path) throws MalformedURLException {
      return path.toUri().toURL();
    }

    @SuppressWarnings("unchecked")
    String ask(String command) {
      return ((Function<String, String>) application).apply(command);
    }

    @Override
    public void close() throws IOException {
      ((Closeable) application).close();
      loader.close();
    }
  }
}
