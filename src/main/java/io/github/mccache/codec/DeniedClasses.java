package io.github.mccache.codec;

import java.util.List;
import java.util.Set;

/**
 * The classes that bytes from elsewhere may not name although the cache knows them: what is known
 * from attacks by deserialization. That a graph which was put here happened to hold one of them, or
 * that a field is declared with one, is not what its user had in mind; {@code serialization.allow}
 * is.
 */
final class DeniedClasses {

  private static final Set<String> NAMES =
      Set.of(
          "java.lang.ProcessBuilder",
          "java.lang.invoke.SerializedLambda",
          "java.lang.reflect.Proxy",
          "java.net.URL",
          "java.net.InetAddress",
          "java.security.SignedObject",
          "java.util.Collections$CheckedList",
          "java.util.Collections$CopiesList",
          "java.util.ServiceLoader",
          "javax.swing.event.EventListenerList",
          "org.hibernate.engine.spi.TypedValue",
          "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider");

  /** What the names of whole packages begin with. */
  private static final List<String> PREFIXES =
      List.of(
          "bsh.",
          "clojure.",
          "com.mchange.v2.c3p0.",
          "com.sun.",
          "java.beans.",
          "java.lang.invoke.",
          "java.rmi.",
          "java.util.logging.",
          "javax.management.",
          "javax.naming.",
          "org.apache.commons.beanutils.",
          "org.apache.commons.collections.functors.",
          "org.apache.commons.collections4.functors.",
          "org.apache.xalan.",
          "org.codehaus.groovy.runtime.",
          "org.mozilla.javascript.",
          "org.python.core.",
          "sun.");

  private DeniedClasses() {}

  static boolean contains(String className) {
    return NAMES.contains(className) || PREFIXES.stream().anyMatch(className::startsWith);
  }
}
