package io.github.mccache.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.examples.shop.Instance.Answer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances with nothing but the dependency and the names of the caches. */
class ShopTest {

  private static Instance one;
  private static Instance other;

  @BeforeAll
  static void start() throws IOException {
    String cluster = "shop-" + UUID.randomUUID();
    int port;
    try (DatagramSocket socket = new DatagramSocket()) {
      port = socket.getLocalPort();
    }
    one = new Instance(cluster, port);
    other = new Instance(cluster, port);
    for (Instance instance : new Instance[] {one, other}) {
      String ready = instance.ready();
      System.out.println(ready);
      assertThat(ready)
          .contains("Spring Boot " + System.getProperty("spring-boot.version"))
          .contains("JCacheCacheManager");
    }
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"book", "in-sync"})
  void change_onOneInstance_isSeenOnTheOther(String command) {
    String read = command + " 1984-" + command;
    String before = awaitSame(read);
    assertRead(one, read, before);
    assertRead(other, read, before);

    one.ask("change 1984-" + command);

    String after =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> other.ask(read).text(), t -> !t.equals(before));
    assertThat(after).startsWith("Book[title=1984-" + command);
    assertThat(awaitSame(read)).isNotEqualTo(before);
  }

  @Test
  void price_twoParameters_isTheSameOnBoth() {
    String price = awaitSame("price 1984 EUR");

    assertThat(price).startsWith("4 EUR-");
    assertRead(one, "price 1984 EUR", price);
    assertRead(other, "price 1984 EUR", price);
  }

  @Test
  void book_null_isReadOnceByAnInstance() {
    assertThat(awaitSame("book no-such-book")).isEqualTo("null");

    assertRead(one, "book no-such-book", "null");
    assertRead(other, "book no-such-book", "null");
  }

  /** Asserts that the answer comes from the cache. */
  private static void assertRead(Instance instance, String read, String text) {
    int reads = instance.ask(read).reads();
    assertThat(instance.ask(read)).isEqualTo(new Answer(text, reads));
  }

  /** Reads on both until both give the same. */
  private static String awaitSame(String read) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> one.ask(read).text(), text -> text.equals(other.ask(read).text()));
  }
}
