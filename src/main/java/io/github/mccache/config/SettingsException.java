package io.github.mccache.config;

import java.util.List;

/**
 * The settings hold mistakes, all of which the message tells: for each the key, the value unless it
 * is secret, where it was set, and what is accepted. Immutable. It has no cause on purpose: the
 * causes quote configuration text, which may hold keys.
 */
public final class SettingsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String[] problems;

  SettingsException(List<String> problems) {
    super(message(problems));
    this.problems = problems.toArray(String[]::new);
  }

  /** Returns the mistakes, one sentence or two each, in the order of the sources; never empty. */
  public List<String> problems() {
    return List.of(problems);
  }

  private static String message(List<String> problems) {
    if (problems.size() == 1) {
      return "McCache settings: " + problems.get(0);
    }
    StringBuilder message = new StringBuilder("McCache settings: " + problems.size() + " mistakes");
    for (int i = 0; i < problems.size(); i++) {
      message.append("\n  ").append(i + 1).append(". ").append(problems.get(i));
    }
    return message.toString();
  }
}
