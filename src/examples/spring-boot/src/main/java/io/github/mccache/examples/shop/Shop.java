package io.github.mccache.examples.shop;

import java.util.Scanner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;

/**
 * A shop with Spring's caching and McCache on its class path; start it twice. It reads commands:
 * {@code book 1984}, {@code in-sync 1984}, {@code price 1984 EUR}, {@code change 1984}.
 */
@SpringBootApplication
@EnableCaching
public class Shop implements CommandLineRunner {

  private final Books books;
  private final CacheManager caches;

  Shop(Books books, CacheManager caches) {
    this.books = books;
    this.caches = caches;
  }

  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args);
  }

  @Override
  public void run(String... args) {
    System.out.println(
        "ready: Spring Boot "
            + SpringBootVersion.getVersion()
            + ", "
            + caches.getClass().getName());
    Scanner commands = new Scanner(System.in);
    while (commands.hasNextLine()) {
      String[] words = commands.nextLine().split(" ");
      System.out.println("answer: " + answer(words) + ", after " + books.reads() + " reads");
    }
  }

  private Object answer(String[] words) {
    return switch (words[0]) {
      case "book" -> books.byTitle(words[1]);
      case "in-sync" -> books.byTitleInSync(words[1]);
      case "price" -> books.price(words[1], words[2]);
      case "change" -> {
        books.change(words[1]);
        yield "changed";
      }
      default -> "unknown command";
    };
  }
}
