package io.github.mccache.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Sources of settings that a test fills; nothing of this machine is in them. */
final class Sources {

  private URI uri = Settings.defaultUri();
  private final List<URL> classPath = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final Properties system = new Properties();
  private final Properties manager = new Properties();

  static Sources none() {
    return new Sources();
  }

  Sources uri(String text) {
    uri = URI.create(text);
    return this;
  }

  Sources uri(Path file) {
    uri = file.toUri();
    return this;
  }

  /** Adds a folder or jar. */
  Sources classPath(Path path) {
    try {
      classPath.add(path.toUri().toURL());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Sources variable(String name, String text) {
    environment.put(name, text);
    return this;
  }

  Sources system(String name, String text) {
    system.setProperty(name, text);
    return this;
  }

  Sources manager(String name, Object value) {
    manager.put(name, value);
    return this;
  }

  Settings load() {
    URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new), null);
    try (loader) {
      return Settings.load(
          new SettingsSources(uri, loader, environment, system, manager, () -> "host:42"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the mistakes that loading reports. */
  List<String> mistakes() {
    try {
      load();
      return List.of();
    } catch (SettingsException e) {
      return e.problems();
    }
  }

  static Path write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static EffectiveSetting effective(Settings settings, String key) {
    return settings.effective().stream()
        .filter(line -> line.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + key + " in\n" + settings.render()));
  }
}
