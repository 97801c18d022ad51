package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class PropertiesTextTest {

  @Property(tries = 2000)
  void parse_anyText_agreesWithTheJdk(
      @ForAll
          @Chars({'\\', '\n', '\r', '#', '!', '=', ':', ' ', '\t'})
          @CharRange(from = 'a', to = 'c')
          @StringLength(max = 30)
          String text)
      throws IOException {
    Properties expected = new Properties();
    expected.load(new StringReader(text));
    Properties actual = new Properties();
    PropertiesText.parse(text).forEach(entry -> actual.setProperty(entry.key(), entry.value()));
    assertThat(actual).isEqualTo(expected);
  }

  /** Found by seed 2188066308485658793 of the property above. */
  @Example
  void parse_continuationThatEndsTheText_agreesWithTheJdk() throws IOException {
    parse_anyText_agreesWithTheJdk("\\\r");
    parse_anyText_agreesWithTheJdk("\\\n");
    parse_anyText_agreesWithTheJdk("\\\r\n");
  }

  @Example
  void parse_continuedLines_givesTheFirstLine() {
    assertThat(PropertiesText.parse("# x \\\n\r\na = 1,\\\n   2\nb=\\\\\nc"))
        .containsExactly(
            new PropertiesText.Entry("a", "1,2", 3),
            new PropertiesText.Entry("b", "\\", 5),
            new PropertiesText.Entry("c", "", 6));
  }
}
