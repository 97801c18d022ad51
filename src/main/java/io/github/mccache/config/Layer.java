package io.github.mccache.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Collects what one source, or several laid over one another, assigns; the last word counts. */
final class Layer {

  private static final Pattern SOUNDS_SECRET =
      Pattern.compile(
          ".*(key|kye|crypt|secret|passw|token|credential).*",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final int LONGEST_NAME = 200;

  private final Map<SettingName, RawValue> values = new LinkedHashMap<>();

  /** Adds an assignment, or a mistake if there is no such setting. */
  void assign(SettingName name, RawValue value, Findings findings) {
    if (Catalogue.find(name) == null) {
      unknown(name, value, findings);
    } else {
      values.put(name, value);
    }
  }

  void putAll(Layer stronger) {
    values.putAll(stronger.values);
  }

  /** Returns a copy, in the order in which the settings were first assigned. */
  Map<SettingName, RawValue> asMap() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  private static void unknown(SettingName name, RawValue value, Findings findings) {
    SettingName cut =
        new SettingName(
            name.template(),
            name.name().length() <= LONGEST_NAME
                ? name.name()
                : name.name().substring(0, LONGEST_NAME));
    String nearest = Nearest.key(cut, value.shape() == RawValue.Shape.OTHER);
    boolean hide =
        SOUNDS_SECRET.matcher(cut.name()).matches()
            || nearest.equals(SettingName.of(Catalogue.KEYS.name()).key());
    findings.mistake(
        cut.key()
            + " = "
            + (hide ? "(hidden)" : value.shown())
            + " (from "
            + value.origin()
            + ") is no setting. Did you mean "
            + nearest
            + "?"
            + accepted(name));
  }

  static String accepted(SettingName unknown) {
    if (unknown.template() != null) {
      return " Accepted in a template: "
          + String.join(", ", Catalogue.namesInTemplates())
          + ". The name of a cache that holds a dot stands in double quotes.";
    }
    String section = unknown.name();
    while (!section.isEmpty() && !Catalogue.isSection(section)) {
      section = section.substring(0, Math.max(0, section.lastIndexOf('.')));
    }
    return " Accepted in "
        + (section.isEmpty() ? SettingName.ROOT : SettingName.of(section).key())
        + ": "
        + String.join(", ", Catalogue.namesIn(section))
        + ".";
  }
}
