package io.github.mccache.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the tree below {@code mccache} into assignments, in the order of the file's lines. */
final class HoconWalk {

  private static final String CACHES = "caches";

  private final Layer layer;
  private final Findings findings;

  HoconWalk(Layer layer, Findings findings) {
    this.layer = layer;
    this.findings = findings;
  }

  void walk(ConfigObject mccache) {
    for (Map.Entry<String, ConfigValue> entry : sorted(mccache)) {
      if (entry.getKey().equals(CACHES)) {
        walkCaches(entry.getValue());
      } else {
        walk(null, entry.getKey(), entry.getValue());
      }
    }
  }

  private void walkCaches(ConfigValue caches) {
    if (!(caches instanceof ConfigObject templates)) {
      notABlock("mccache.caches", caches);
      return;
    }
    for (Map.Entry<String, ConfigValue> template : sorted(templates)) {
      if (template.getValue() instanceof ConfigObject settings) {
        for (Map.Entry<String, ConfigValue> setting : sorted(settings)) {
          walk(template.getKey(), setting.getKey(), setting.getValue());
        }
      } else {
        notABlock("mccache.caches.\"" + template.getKey() + "\"", template.getValue());
      }
    }
  }

  private void notABlock(String key, ConfigValue value) {
    findings.mistake(
        key
            + " (from "
            + origin(value.origin())
            + ") is not a block. Accepted: mccache.caches { \"name or pattern\" { mode = local } }"
            + " and the like.");
  }

  private void walk(@Nullable String template, String name, ConfigValue value) {
    boolean section = template == null && Catalogue.isSection(name);
    if (section && value instanceof ConfigObject block) {
      for (Map.Entry<String, ConfigValue> entry : sorted(block)) {
        walk(null, name + "." + entry.getKey(), entry.getValue());
      }
    } else if (section) {
      findings.mistake(
          SettingName.of(name).key()
              + " (from "
              + origin(value.origin())
              + ") is not a block."
              + Layer.accepted(SettingName.of(name)));
    } else {
      layer.assign(new SettingName(template, name), raw(value), findings);
    }
  }

  private static RawValue raw(ConfigValue value) {
    String origin = origin(value.origin());
    return switch (value.valueType()) {
      case OBJECT -> RawValue.other("{ … }", origin);
      case NULL -> RawValue.other("null", origin);
      case LIST -> list((ConfigList) value, origin);
      case STRING, NUMBER, BOOLEAN -> RawValue.text(String.valueOf(value.unwrapped()), origin);
    };
  }

  private static RawValue list(ConfigList list, String origin) {
    List<String> items = new ArrayList<>();
    for (ConfigValue item : list) {
      switch (item.valueType()) {
        case OBJECT, NULL, LIST -> {
          return RawValue.other("a list with a block, a list or null in it", origin);
        }
        case STRING, NUMBER, BOOLEAN -> items.add(String.valueOf(item.unwrapped()));
      }
    }
    return RawValue.list(items, origin);
  }

  private static List<Map.Entry<String, ConfigValue>> sorted(ConfigObject object) {
    Comparator<Map.Entry<String, ConfigValue>> byLine =
        Comparator.comparingInt(entry -> entry.getValue().origin().lineNumber());
    return object.entrySet().stream().sorted(byLine.thenComparing(Map.Entry::getKey)).toList();
  }

  /** Returns file and line as compilers and editors write them. */
  static String origin(ConfigOrigin origin) {
    String line = Integer.toString(origin.lineNumber());
    String description = origin.description();
    return description.endsWith(": " + line)
        ? description.substring(0, description.length() - line.length() - 1) + line
        : description;
  }
}
