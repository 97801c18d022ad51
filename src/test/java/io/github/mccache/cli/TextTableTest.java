package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

  private final TextTable table = new TextTable(List.of("what", "10ms"));

  TextTableTest() {
    table.add(List.of("keys", "1"));
    table.add(List.of("operations", "20,000"));
  }

  @Test
  void text_columns_lineUp() {
    assertThat(table.text())
        .isEqualTo(
            """
            what          10ms
            keys             1
            operations  20,000
            """);
  }

  @Test
  void markdown_columns_lineUpBelowARule() {
    assertThat(table.markdown())
        .isEqualTo(
            """
            | what       |   10ms |
            |------------|-------:|
            | keys       |      1 |
            | operations | 20,000 |
            """);
  }
}
