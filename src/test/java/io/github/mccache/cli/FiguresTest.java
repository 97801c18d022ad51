package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FiguresTest {

  private static final Figures SOME = Figures.parse("a=1 b=-2");

  @Test
  void parse_whatWasShown_isTheSame() {
    assertThat(SOME).hasToString("a=1 b=-2");
    assertThat(Figures.parse("")).isEqualTo(Figures.NONE);
  }

  @Test
  void arithmetic_namesOfEither_areAllThere() {
    assertThat(SOME.plus(Figures.parse("b=5 c=7"))).hasToString("a=1 b=3 c=7");
    assertThat(SOME.minus(Figures.parse("b=5 c=7"))).hasToString("a=1 b=-7 c=-7");
  }

  @Test
  void get_uncounted_namesWhatIsCounted() {
    assertThat(SOME.get("b")).isEqualTo(-2);
    assertThatThrownBy(() -> SOME.get("c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"c\" is not among [a, b]");
  }
}
