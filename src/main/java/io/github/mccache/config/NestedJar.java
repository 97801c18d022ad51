package io.github.mccache.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an entry of a jar, of a jar in a jar, and so on, without the JVM's handler, which knows
 * only the first and would keep the jar open: {@code
 * jar:file:/app.jar!/BOOT-INF/lib/a.jar!/mccache.conf} and Spring Boot's {@code
 * jar:nested:/app.jar/!BOOT-INF/lib/a.jar!/mccache.conf}. A part may also be a folder of the jar,
 * as in {@code …!/BOOT-INF/classes!/mccache.conf}.
 */
final class NestedJar {

  private static final String FILE = "jar:file:";
  private static final String NESTED = "jar:nested:";

  private NestedJar() {}

  static boolean handles(URI uri) {
    return uri.toString().startsWith(FILE) || uri.toString().startsWith(NESTED);
  }

  /** Returns at most one byte more than {@code mostBytes}, or throws UnreadableException. */
  static byte[] read(URI uri, int mostBytes) throws IOException {
    List<String> parts = new ArrayList<>(Arrays.asList(uri.toString().split("!/")));
    String outer = parts.remove(0);
    if (outer.startsWith(NESTED)) {
      int inner = outer.indexOf("/!");
      if (inner >= 0) {
        parts.add(0, outer.substring(inner + 2).replaceFirst("/$", ""));
        outer = outer.substring(0, inner);
      }
      outer = "file:" + outer.substring(NESTED.length());
    } else {
      outer = outer.substring("jar:".length());
    }
    if (parts.isEmpty()) {
      throw UnreadableException.broken("names no entry; write !/ and its name after the jar");
    }
    Path jar = Locations.path(URI.create(outer));
    if (!Files.isRegularFile(jar)) {
      throw UnreadableException.missing("does not exist: there is no jar " + jar);
    }
    parts.replaceAll(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
    byte[] bytes = readOuter(jar, parts, mostBytes);
    if (bytes == null) {
      throw UnreadableException.missing("does not exist: the jar has no such entry");
    }
    return bytes;
  }

  private static byte @Nullable [] readOuter(Path jar, List<String> parts, int mostBytes)
      throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (int used = 1; used <= parts.size(); used++) {
        ZipEntry entry = zip.getEntry(name(parts, used));
        if (entry != null && !entry.isDirectory()) {
          try (InputStream stream = zip.getInputStream(entry)) {
            return used == parts.size()
                ? stream.readNBytes(mostBytes + 1)
                : readInner(stream, parts.subList(used, parts.size()), mostBytes);
          }
        }
      }
      return null;
    }
  }

  private static byte @Nullable [] readInner(InputStream jar, List<String> parts, int mostBytes)
      throws IOException {
    // Not closed: closing it would close the stream of the caller, which does so itself.
    ZipInputStream zip = new ZipInputStream(jar);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      for (int used = 1; used <= parts.size(); used++) {
        if (!entry.isDirectory() && entry.getName().equals(name(parts, used))) {
          return used == parts.size()
              ? zip.readNBytes(mostBytes + 1)
              : readInner(zip, parts.subList(used, parts.size()), mostBytes);
        }
      }
    }
    return null;
  }

  private static String name(List<String> parts, int used) {
    return String.join("/", parts.subList(0, used));
  }
}
