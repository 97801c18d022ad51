package io.github.mccache.config;

import java.util.ArrayList;
import java.util.List;

/** What was found while reading: mistakes, which refuse the settings, warnings, and notes. */
final class Findings {

  private final List<String> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void mistake(String sentence) {
    mistakes.add(sentence);
  }

  void warning(String sentence) {
    warnings.add(sentence);
  }

  void note(String sentence) {
    notes.add(sentence);
  }

  void throwIfMistaken() {
    if (!mistakes.isEmpty()) {
      throw new SettingsException(mistakes);
    }
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  List<String> notes() {
    return List.copyOf(notes);
  }
}
