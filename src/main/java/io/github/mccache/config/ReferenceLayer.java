package io.github.mccache.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the built-in defaults. */
final class ReferenceLayer {

  static final String RESOURCE = "mccache-reference.conf";

  private ReferenceLayer() {}

  static Layer read() {
    Layer layer = new Layer();
    Findings findings = new Findings();
    ConfigObject root =
        ConfigFactory.parseString(text())
            .resolve(ConfigResolveOptions.defaults().setUseSystemEnvironment(false))
            .getObject(SettingName.ROOT);
    new HoconWalk(layer, findings).walk(root);
    findings.throwIfMistaken();
    Layer builtIn = new Layer();
    layer.asMap().forEach((name, raw) -> builtIn.assign(name, raw.asBuiltIn(), findings));
    return builtIn;
  }

  static String text() {
    try (InputStream stream = ReferenceLayer.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar of McCache");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " in the jar of McCache cannot be read", e);
    }
  }
}
