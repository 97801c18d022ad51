package io.github.mccache.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a Java stream with the classes of one cache, none of which is loaded unless allowed. */
final class FilteringInputStream extends ObjectInputStream {

  private static final InvocationHandler NO_HANDLER = (proxy, method, arguments) -> null;

  private final AllowedClasses classes;
  private final @Nullable Origin origin;
  private final DecodingFilter filter;
  private @Nullable String missing;

  @SuppressWarnings("this-escape") // the class is final and its fields are set
  FilteringInputStream(
      InputStream in, AllowedClasses classes, @Nullable Origin origin, DecodingFilter filter)
      throws IOException {
    super(in);
    this.classes = classes;
    this.origin = origin;
    this.filter = filter;
    setObjectInputFilter(filter);
  }

  /** Returns the name of a class that was allowed and not found, null if there was none. */
  @Nullable String missing() {
    return missing;
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass description)
      throws IOException, ClassNotFoundException {
    String name = description.getName();
    Class<?> primitive = ClassNames.primitive(name);
    return primitive != null ? primitive : find(name);
  }

  @Override
  protected Class<?> resolveProxyClass(String[] interfaces)
      throws IOException, ClassNotFoundException {
    find(Proxy.class.getName()); // to be allowed the interfaces is not to be allowed proxies
    Class<?>[] types = new Class<?>[interfaces.length];
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    loaders.add(classes.loader());
    for (int i = 0; i < interfaces.length; i++) {
      types[i] = find(interfaces[i]);
      if (!Modifier.isPublic(types[i].getModifiers())) {
        loaders.clear(); // such a proxy belongs into the package of that interface
      }
      if (types[i].getClassLoader() != null) {
        loaders.add(types[i].getClassLoader());
      }
    }
    for (ClassLoader loader : loaders) {
      try {
        return Proxy.newProxyInstance(loader, types, NO_HANDLER).getClass();
      } catch (IllegalArgumentException e) {
        // This loader does not see all of the interfaces: the next may.
      }
    }
    throw new ClassNotFoundException("no class loader sees all interfaces of a proxy");
  }

  private Class<?> find(String name) throws IOException, ClassNotFoundException {
    if (!filter.admits(name)) {
      throw new InvalidClassException("not allowed");
    }
    try {
      return classes.find(name, origin);
    } catch (ClassNotFoundException e) {
      missing = name;
      throw e;
    }
  }
}
