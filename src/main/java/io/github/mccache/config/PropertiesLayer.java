package io.github.mccache.config;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Reads properties of a program: those below {@code mccache.}; the others are somebody else's. */
final class PropertiesLayer {

  private PropertiesLayer() {}

  /**
   * Returns what they assign.
   *
   * @param origin where they come from, with {@code %s} for the name
   */
  static Layer read(Properties properties, String origin, Findings findings) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<Object, Object> entry : properties.entrySet()) {
      // Programs also put numbers and flags, which getProperty does not see.
      texts.put(String.valueOf(entry.getKey()), String.valueOf(entry.getValue()));
    }
    for (String name : properties.stringPropertyNames()) {
      texts.put(name, properties.getProperty(name, ""));
    }
    Layer layer = new Layer();
    texts.forEach(
        (property, text) -> {
          SettingName name = FlatNames.parse(property);
          if (name != null) {
            layer.assign(name, RawValue.text(text, String.format(origin, property)), findings);
          }
        });
    return layer;
  }
}
