package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void ofDumps_allEqual_findsNothing() {
    Comparison comparison =
        Comparison.ofDumps(List.of("a=1=x b=2=y", "b=2=y a=1=x", "a=1=x b=2=y"));

    assertThat(comparison).isEqualTo(new Comparison(2, List.of(), List.of()));
  }

  @Test
  void ofDumps_oneValueDiffers_namesItsKey() {
    Comparison comparison =
        Comparison.ofDumps(List.of("a=1=x b=2=y", "a=1=x b=2=z", "a=1=x b=2=y"));

    assertThat(comparison).isEqualTo(new Comparison(2, List.of("b"), List.of()));
  }

  @Test
  void ofDumps_equalValueOfAnotherVersion_namesItsKey() {
    Comparison comparison = Comparison.ofDumps(List.of("a=1=x", "a=2=x"));

    assertThat(comparison).isEqualTo(new Comparison(1, List.of("a"), List.of()));
  }

  @Test
  void ofDumps_oneKeyAbsentOnOne_namesIt() {
    Comparison comparison = Comparison.ofDumps(List.of("a=1=x b=2=y", "a=1=x", "a=1=x b=2=y"));

    assertThat(comparison).isEqualTo(new Comparison(2, List.of(), List.of("b")));
  }

  @Test
  void ofDumps_keyAbsentOnOneAndDifferentOnOthers_isBoth() {
    Comparison comparison = Comparison.ofDumps(List.of("a=1=x", "", "a=2=y"));

    assertThat(comparison).isEqualTo(new Comparison(1, List.of("a"), List.of("a")));
  }

  @Test
  void ofDumps_nobodyHoldsAnything_findsNothing() {
    assertThat(Comparison.ofDumps(List.of("", "")))
        .isEqualTo(new Comparison(0, List.of(), List.of()));
  }
}
