package io.github.mccache.config;

import java.util.ArrayList;
import java.util.List;

/** What was found while reading: mistakes, which refuse the settings, and warnings. */
final class Findings {

  private final List<String> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void mistake(String sentence) {
    mistakes.add(sentence);
  }

  void warning(String sentence) {
    warnings.add(sentence);
  }

  void throwIfMistaken() {
    if (!mistakes.isEmpty()) {
      throw new SettingsException(mistakes);
    }
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
