package io.github.mccache.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives members the receive buffers of a machine whose {@code net.core.rmem_max} is 212,992 bytes,
 * as Linux sets it. That setting belongs to the whole machine and is read-only in a namespace, so
 * the member itself is made to ask for less: by a class path that begins with a copy of the class
 * that asks, in which the constant is another.
 */
final class SmallBuffers {

  /** What the members ask for instead of 4 MB. */
  static final int BYTES = 212_992;

  private static final int ASKED = 4 << 20;
  private static final byte INTEGER_CONSTANT = 3;
  private static final String ASKING = "io/github/mccache/transport/MulticastSockets.class";

  private SmallBuffers() {}

  /** Writes what comes first in a class path below a folder, and returns that part. */
  static Path classPath(Path folder) {
    try (InputStream in = SmallBuffers.class.getClassLoader().getResourceAsStream(ASKING)) {
      // One character per byte, so that bytes can be sought and replaced as text.
      String original = new String(in.readAllBytes(), ISO_8859_1);
      String changed = original.replace(constant(ASKED), constant(BYTES));
      if (changed.equals(original)) {
        throw new IllegalStateException(ASKING + " does not ask for " + ASKED + " bytes any more");
      }
      Path target = folder.resolve(ASKING);
      Files.createDirectories(target.getParent());
      Files.write(target, changed.getBytes(ISO_8859_1));
      return folder.toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a number as it stands in a class's table of constants. */
  private static String constant(int value) {
    byte[] bytes = ByteBuffer.allocate(5).put(INTEGER_CONSTANT).putInt(value).array();
    return new String(bytes, ISO_8859_1);
  }
}
