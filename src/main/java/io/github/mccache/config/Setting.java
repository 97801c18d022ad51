package io.github.mccache.config;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One thing that a user may set: its name, what it accepts, and what this version refuses. */
final class Setting<T> {

  /**
   * Why a value that a later version will take is not taken now.
   *
   * @param reason to follow "is not available in this version"
   * @param accepted what this version takes, to follow "Accepted:"
   */
  record Refusal(String reason, String accepted) {}

  private final String name;
  private final ValueType<T> type;
  private final boolean secret;
  private final Function<RawValue, @Nullable Refusal> refusal;
  private final Function<RawValue, @Nullable String> caveat;

  private Setting(
      String name,
      ValueType<T> type,
      boolean secret,
      Function<RawValue, @Nullable Refusal> refusal,
      Function<RawValue, @Nullable String> caveat) {
    this.name = name;
    this.type = type;
    this.secret = secret;
    this.refusal = refusal;
    this.caveat = caveat;
  }

  static <T> Setting<T> of(String name, ValueType<T> type) {
    return new Setting<>(name, type, false, raw -> null, raw -> null);
  }

  /** Never shows its value. */
  Setting<T> hidden() {
    return new Setting<>(name, type, true, refusal, caveat);
  }

  /** Refuses some values that a later version will take: null if this is none. */
  Setting<T> refusing(Function<RawValue, @Nullable Refusal> newRefusal) {
    return new Setting<>(name, type, secret, newRefusal, caveat);
  }

  /** Warns of some values that have no effect yet: null, or the reason. */
  Setting<T> warning(Function<RawValue, @Nullable String> newCaveat) {
    return new Setting<>(name, type, secret, refusal, newCaveat);
  }

  /** Returns the name below {@code mccache.}. */
  String name() {
    return name;
  }

  boolean secret() {
    return secret;
  }

  /** Returns what a user may write, to follow "Accepted:". */
  String accepted() {
    return type.accepted();
  }

  /** Returns the environment variable. */
  String variable() {
    return "MCCACHE_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Returns the value of a text that was checked before. */
  T value(RawValue raw) {
    return type.parse(raw);
  }

  /** Returns a value that was checked before as a dump may show it. */
  String text(RawValue raw) {
    return type.text(type.parse(raw));
  }

  /** Reports what is wrong or without effect about the value of a setting. */
  void check(SettingName where, RawValue raw, Findings findings) {
    String assignment = where.key() + " = " + shown(raw) + " (from " + raw.origin() + ") ";
    String converted = raw.converted();
    Refusal refused = raw.shape() == RawValue.Shape.OTHER ? null : refusal.apply(raw);
    if (refused != null) {
      findings.mistake(
          assignment
              + "is not available in this version: "
              + refused.reason()
              + "."
              + accepted(refused.accepted()));
    } else if (converted != null) {
      findings.mistake(assignment + "is not understood." + accepted(converted));
    } else {
      try {
        T unused = type.parse(raw);
      } catch (WrongValueException e) {
        findings.mistake(assignment + e.reason() + "." + accepted(type.accepted()));
        return;
      }
      String ineffective = raw.builtIn() ? null : caveat.apply(raw);
      if (ineffective != null) {
        findings.warning(assignment + "has no effect yet: " + ineffective + ".");
      }
    }
  }

  private static String accepted(String what) {
    return " Accepted: " + what + ".";
  }

  private String shown(RawValue raw) {
    return secret ? "(hidden)" : raw.shown();
  }
}
