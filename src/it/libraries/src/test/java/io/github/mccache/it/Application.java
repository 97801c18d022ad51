package io.github.mccache.it;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.Closeable;
import java.util.Properties;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;

/**
 * An application that caches messages of protobuf and has settings in HOCON, with its own versions
 * of both. Seen from outside it is a function from commands to answers, of the JDK's types alone.
 */
public final class Application implements Function<String, String>, Closeable {

  private final CacheManager manager;
  private final Cache<String, Struct> messages;

  /** Opens its caches as a member of a cluster. */
  public Application(String cluster, String port) {
    Properties properties = new Properties();
    properties.setProperty("mccache.cluster.name", cluster);
    properties.setProperty("mccache.cluster.multicast.port", port);
    ClassLoader loader = Application.class.getClassLoader();
    manager =
        Caching.getCachingProvider("io.github.mccache.McCachingProvider", loader)
            .getCacheManager(null, loader, properties);
    messages =
        manager.createCache(
            "messages",
            new MutableConfiguration<String, Struct>().setTypes(String.class, Struct.class));
  }

  @Override
  public String apply(String command) {
    return switch (command) {
      case "put" -> {
        messages.put("book", message());
        yield "done";
      }
      case "title" -> {
        Struct message = messages.get("book");
        yield message == null ? "missing" : message.getFieldsOrThrow("title").getStringValue();
      }
      case "protobuf" -> origin(messages.get("book").getClass());
      case "settings" -> settings();
      case "bounded" -> String.valueOf(bounded());
      case "module" -> String.valueOf(manager.getClass().getModule().getName());
      default -> throw new IllegalArgumentException(command);
    };
  }

  private static Struct message() {
    return Struct.newBuilder()
        .putFields("title", Value.newBuilder().setStringValue("1984").build())
        .putFields("pages", Value.newBuilder().setNumberValue(328).build())
        .build();
  }

  /** Returns where its own HOCON parser is from, and whether it sees settings of McCache. */
  private static String settings() {
    Config config = ConfigFactory.parseString("own = true").withFallback(ConfigFactory.load());
    return "%s own=%s mccache=%s"
        .formatted(
            origin(ConfigFactory.class), config.getBoolean("own"), config.hasPath("mccache"));
  }

  /** Returns how many of ten entries are kept by a cache that its file bounds. */
  private int bounded() {
    Cache<Integer, Integer> cache =
        manager.createCache("bounded", new MutableConfiguration<Integer, Integer>());
    int kept = 0;
    for (int i = 0; i < 10; i++) {
      cache.put(i, i);
    }
    for (int i = 0; i < 10; i++) {
      kept += cache.containsKey(i) ? 1 : 0;
    }
    return kept;
  }

  private static String origin(Class<?> type) {
    String path = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public void close() {
    manager.getCachingProvider().close();
  }

  /** Answers each of the commands that follow the name and the port of the cluster. */
  public static void main(String[] args) {
    try (Application application = new Application(args[0], args[1])) {
      for (int i = 2; i < args.length; i++) {
        System.out.println(args[i] + ": " + application.apply(args[i]));
      }
    }
  }
}
