package io.github.mccache.codec;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes an ordinary Java stream and keeps two notes: every class that it names, and which object
 * it came to last. Equal values of built-in types are written once, whether they are one object or
 * several: otherwise two equal records of two strings could give different bytes.
 */
final class RecordingOutputStream extends ObjectOutputStream {

  private final Set<Class<?>> classes = new LinkedHashSet<>();
  private final Map<Object, Object> values = new HashMap<>();
  private @Nullable Object latest;
  private boolean failed;

  @SuppressWarnings("this-escape") // the class is final and its fields are set
  RecordingOutputStream(OutputStream out) throws IOException {
    super(out);
    enableReplaceObject(true);
  }

  @Override
  protected void annotateClass(Class<?> type) {
    classes.add(type);
  }

  @Override
  protected void annotateProxyClass(Class<?> type) {
    classes.add(Proxy.class);
    classes.addAll(Set.of(type.getInterfaces()));
  }

  @Override
  protected @Nullable Object replaceObject(@Nullable Object object) {
    if (object == null) {
      return null;
    }
    // A stream that fails writes its exception behind what it has: that is not what we look for.
    failed |= object instanceof NotSerializableException;
    if (failed) {
      return object;
    }
    latest = object;
    if (object instanceof String || isScalar(object)) {
      Object known = values.putIfAbsent(object, object);
      return known == null ? object : known;
    }
    return object;
  }

  private static boolean isScalar(Object object) {
    return !(object instanceof byte[]) && BuiltInCodecs.of(object.getClass()) != null;
  }

  /** Returns every class that the stream names. */
  Set<Class<?>> classes() {
    return classes;
  }

  /** Returns the object that was begun last, null if there was none. */
  @Nullable Object latest() {
    return latest;
  }
}
