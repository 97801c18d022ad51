package io.github.mccache.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads texts by location: {@code file:}, {@code classpath:} through the manager's class loader,
 * {@code jar:} with jars in jars, and whatever else this JVM has a handler for; never from another
 * machine. Connections are not cached, so that no jar stays open.
 */
final class Locations {

  /** What to write instead, to follow "Accepted:". */
  static final String ACCEPTED =
      "file:, classpath: or jar: with a readable UTF-8 text in HOCON (.conf), JSON (.json) or"
          + " properties (.properties)";

  private static final Set<String> REMOTE = Set.of("http", "https", "ftp", "mailto");
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final ClassLoader loader;

  Locations(ClassLoader loader) {
    this.loader = loader;
  }

  /** Returns whether a manager's URI says where its settings are, rather than just its name. */
  static boolean isLocation(URI uri) {
    String scheme = scheme(uri);
    return switch (scheme) {
      case "", "urn" -> false;
      case "file", "classpath", "jar" -> true;
      default -> REMOTE.contains(scheme) || hasHandler(uri);
    };
  }

  /** Returns the text there, or throws {@link UnreadableException}. */
  SettingsText read(URI uri) {
    String scheme = scheme(uri);
    if (REMOTE.contains(scheme) || isRemoteJar(uri)) {
      throw UnreadableException.broken("would be fetched from another machine, which is refused");
    }
    try {
      return switch (scheme) {
        case "file" -> readFile(uri);
        case "classpath" -> readResource(uri);
        default ->
            NestedJar.handles(uri)
                ? text(uri, uri.toString(), NestedJar.read(uri, MOST_BYTES))
                : readUrl(uri, uri.toURL());
      };
    } catch (MalformedURLException e) {
      throw UnreadableException.broken("is of a kind that this JVM cannot open");
    } catch (IOException e) {
      throw UnreadableException.broken("cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /** Returns the URLs of all resources of that name, in the loader's order, each once. */
  List<URL> resources(String name) {
    try {
      Map<String, URL> urls = new LinkedHashMap<>();
      Collections.list(loader.getResources(name))
          .forEach(url -> urls.putIfAbsent(url.toExternalForm(), url));
      return List.copyOf(urls.values());
    } catch (IOException e) {
      throw UnreadableException.broken("cannot be looked up: " + e.getClass().getSimpleName());
    }
  }

  /** Returns the text of a resource that {@link #resources} found. */
  SettingsText readResource(URI asked, URL url) {
    try {
      return readUrl(asked, url);
    } catch (IOException e) {
      throw UnreadableException.broken("cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /** Returns how a message names a URL: the path alone if it is a file. */
  static String shown(URL url) {
    try {
      return url.getProtocol().equals("file")
          ? Path.of(url.toURI()).toString()
          : url.toExternalForm();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return url.toExternalForm();
    }
  }

  static Path path(URI file) {
    try {
      if (file.isOpaque()) {
        return Path.of(file.getSchemeSpecificPart());
      }
      if (file.getRawAuthority() != null) {
        throw UnreadableException.broken("names a host; write file:/ with one or three slashes");
      }
      return Path.of(new URI("file", null, file.getPath(), null));
    } catch (URISyntaxException | InvalidPathException e) {
      throw UnreadableException.broken("is no path on this machine");
    }
  }

  private static SettingsText readFile(URI uri) throws IOException {
    Path path = path(uri);
    if (!Files.exists(path)) {
      throw UnreadableException.missing("does not exist");
    }
    if (Files.isDirectory(path)) {
      throw UnreadableException.broken("is a directory");
    }
    try (InputStream stream = Files.newInputStream(path)) {
      return text(uri, path.normalize().toString(), stream.readNBytes(MOST_BYTES + 1));
    } catch (AccessDeniedException e) {
      throw UnreadableException.broken("may not be read by this process");
    }
  }

  private SettingsText readResource(URI uri) throws IOException {
    String name = uri.isOpaque() ? uri.getSchemeSpecificPart() : uri.getPath();
    name = name.replaceFirst("^/+", "");
    if (name.isEmpty()) {
      throw UnreadableException.broken("names no resource");
    }
    List<URL> urls = resources(name);
    if (urls.isEmpty()) {
      throw UnreadableException.missing("is not on the class path of the manager's class loader");
    }
    return readUrl(uri, urls.get(0));
  }

  private static SettingsText readUrl(URI location, URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    try (InputStream stream = connection.getInputStream()) {
      return text(location, shown(url), stream.readNBytes(MOST_BYTES + 1));
    }
  }

  private static SettingsText text(URI location, String shown, byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw UnreadableException.broken("is larger than " + ValueTypes.sizeText(MOST_BYTES));
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return SettingsText.of(location, shown, text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw UnreadableException.broken("is not UTF-8");
    }
  }

  private static boolean isRemoteJar(URI uri) {
    return scheme(uri).equals("jar") && REMOTE.contains(scheme(inner(uri)));
  }

  private static URI inner(URI jar) {
    try {
      return URI.create(jar.getRawSchemeSpecificPart());
    } catch (IllegalArgumentException e) {
      return URI.create("");
    }
  }

  private static boolean hasHandler(URI uri) {
    try {
      URL unused = uri.toURL();
      return true;
    } catch (MalformedURLException | IllegalArgumentException e) {
      return false;
    }
  }

  private static String scheme(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }
}
