package io.github.mccache.tck;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.management.ObjectName;

/**
 * A cache that was opened in the JVM that the TCK examines, as its management bean tells it.
 *
 * @param manager the URI of its manager
 */
record OpenedCache(String manager, String name) {

  /** Returns the cache that a bean of this name tells of, empty if it is another bean. */
  static Optional<OpenedCache> ofBean(ObjectName bean) {
    return bean.getDomain().equals("io.github.mccache")
            && "Cache".equals(bean.getKeyProperty("type"))
        ? Optional.of(
            new OpenedCache(
                ObjectName.unquote(bean.getKeyProperty("manager")),
                ObjectName.unquote(bean.getKeyProperty("cache"))))
        : Optional.empty();
  }

  /** Reads what {@link #toLine} returns. */
  static OpenedCache parse(String line) {
    String[] words = line.split(" ", 2);
    return new OpenedCache(decoded(words[0]), decoded(words[1]));
  }

  /** Returns a line that holds both, whatever they are made of. */
  String toLine() {
    return encoded(manager) + " " + encoded(name);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
