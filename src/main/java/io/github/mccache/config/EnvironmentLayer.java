package io.github.mccache.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the environment: first the names that McCache for Python has, then over them our own, which
 * are {@code MCCACHE_} and the key in capitals. An empty variable counts as not set, and so does
 * what is not ours, see {@link ForeignVariables}.
 */
final class EnvironmentLayer {

  static final String PREFIX = "MCCACHE_";

  private static final Pattern IP_AND_PORT =
      Pattern.compile("(?:\\[([^\\]]*)\\]|([^:]*))(?::([^:]*))?|([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)");

  /**
   * A variable of McCache for Python.
   *
   * @param name the variable
   * @param setting what it sets
   * @param converter from its text to ours: null if the text does not set it, empty if it is wrong
   * @param accepted what it accepts, to follow "Accepted:"
   */
  record PythonVariable(
      String name,
      Setting<?> setting,
      Function<String, @Nullable String> converter,
      String accepted) {}

  /** The converter's word for a text that it does not understand. */
  private static final String WRONG = "";

  static final List<PythonVariable> PYTHON =
      List.of(
          new PythonVariable("MCCACHE_CRYPTO_KEY", Catalogue.KEYS, text -> text, "a key"),
          new PythonVariable(
              "MCCACHE_MULTICAST_IP",
              Catalogue.MULTICAST_GROUP,
              EnvironmentLayer::address,
              "ip or ip:port, such as 239.192.77.67:47474, [ff15::4d43]:47474"),
          new PythonVariable(
              "MCCACHE_MULTICAST_IP",
              Catalogue.MULTICAST_PORT,
              EnvironmentLayer::port,
              "ip or ip:port with a port from 1 to 65535"),
          new PythonVariable(
              "MCCACHE_MULTICAST_PORT", Catalogue.MULTICAST_PORT, text -> text, "a number"),
          new PythonVariable(
              "MCCACHE_MULTICAST_HOPS", Catalogue.MULTICAST_HOPS, text -> text, "a number"),
          new PythonVariable("MCCACHE_PACKET_MTU", Catalogue.MTU, text -> text, "a number"),
          new PythonVariable(
              "MCCACHE_CACHE_PULSE",
              Catalogue.SCRUB_INTERVAL,
              text -> seconds(text, WRONG),
              "a number of seconds above 0"),
          new PythonVariable(
              "MCCACHE_CACHE_MODE",
              Catalogue.MODE,
              EnvironmentLayer::mode,
              "0 for update," + " 1 for replicate"),
          new PythonVariable(
              "MCCACHE_CACHE_MAX", Catalogue.MAXIMUM_ENTRIES, text -> text, "a number"),
          new PythonVariable(
              "MCCACHE_CACHE_SIZE", Catalogue.MAXIMUM_BYTES, text -> text, "a number"),
          new PythonVariable(
              "MCCACHE_CACHE_TTL",
              Catalogue.TIME_TO_LIVE,
              text -> seconds(text, "off"),
              "a number of seconds, or 0 for off"),
          new PythonVariable(
              "MCCACHE_CALLBACK_WIN",
              Catalogue.CALLBACK_WINDOW,
              text -> seconds(text, "off"),
              "a number of seconds, or 0 for off"));

  private EnvironmentLayer() {}

  static Layer read(Map<String, String> environment, Findings findings) {
    Layer layer = new Layer();
    for (PythonVariable python : PYTHON) {
      String text = valueOf(environment, python.name());
      if (text != null) {
        RawValue value = converted(python, text);
        if (value != null) {
          layer.assign(SettingName.of(python.setting().name()), value, findings);
        }
      }
    }
    for (Setting<?> setting : Catalogue.ALL) {
      String text = valueOf(environment, setting.variable());
      if (text != null) {
        RawValue value = RawValue.text(text, origin(setting.variable()));
        layer.assign(SettingName.of(setting.name()), value, findings);
      }
    }
    ForeignVariables.report(environment, known(), findings);
    return layer;
  }

  private static @Nullable String valueOf(Map<String, String> environment, String variable) {
    String text = environment.get(variable);
    return text == null || text.isBlank() || ForeignVariables.isServiceLink(variable, text)
        ? null
        : text.strip();
  }

  private static @Nullable RawValue converted(PythonVariable python, String text) {
    String result = python.converter().apply(text);
    if (result == null) {
      return null;
    }
    return result.equals(WRONG)
        ? RawValue.misfit(text, origin(python.name()), python.accepted())
        : RawValue.text(result, origin(python.name()));
  }

  private static String origin(String variable) {
    return "environment variable " + variable;
  }

  /** Returns the names of all variables that set something. */
  private static List<String> known() {
    List<String> known = new ArrayList<>(Catalogue.ALL.stream().map(Setting::variable).toList());
    PYTHON.forEach(python -> known.add(python.name()));
    return known;
  }

  private static String mode(String text) {
    return switch (text) {
      case "0" -> "update";
      case "1" -> "replicate";
      default -> WRONG;
    };
  }

  private static String seconds(String text, String zero) {
    if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,9})?")) {
      return WRONG;
    }
    return new BigDecimal(text).signum() == 0 ? zero : text + "s";
  }

  private static String address(String text) {
    Matcher matcher = IP_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return WRONG;
    }
    return matcher.group(1) != null
        ? matcher.group(1)
        : matcher.group(2) != null ? matcher.group(2) : matcher.group(4);
  }

  private static @Nullable String port(String text) {
    Matcher matcher = IP_AND_PORT.matcher(text);
    return matcher.matches() ? matcher.group(3) : null;
  }
}
