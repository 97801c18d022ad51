package io.github.mccache.codec;

import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.util.Currency;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Decides which classes have instances that never change, so that a store by value may keep them
 * and hand them out as they are. Thread-safe; remembers its decisions without holding a class.
 */
final class Immutability {

  private static final Set<Class<?>> OF_JDK =
      Set.of(String.class, Locale.class, Currency.class, URI.class);

  private final UserCodecs userCodecs;
  private final MessageCodec messages;
  private final WeakClassMap<Boolean> instances = new WeakClassMap<>();
  private final WeakClassMap<Boolean> references = new WeakClassMap<>();

  Immutability(UserCodecs userCodecs, MessageCodec messages) {
    this.userCodecs = userCodecs;
    this.messages = messages;
  }

  /** Returns whether instances of exactly this class never change. */
  boolean ofInstances(Class<?> type) {
    return instances.computeIfAbsent(type, t -> linked(() -> decideInstances(t, new HashSet<>())));
  }

  /** Returns whether whatever a variable of this type can refer to never changes. */
  boolean ofReferences(Class<?> type) {
    return references.computeIfAbsent(
        type, t -> linked(() -> decideReferences(t, new HashSet<>())));
  }

  private boolean decideInstances(Class<?> type, Set<Class<?>> beingDecided) {
    UserCodecs.Entry user = userCodecs.of(type);
    if (user != null) {
      return user.immutable();
    }
    return isScalar(type)
        || Enum.class.isAssignableFrom(type)
        || type == ArrayKey.class
        || messages.handles(type)
        || (type.isRecord() && decideComponents(type, beingDecided));
  }

  /**
   * A type counts when no subclass can add anything that changes. BigInteger and BigDecimal can be
   * subclassed and count nevertheless: a record of an amount is the commonest of all.
   */
  private boolean decideReferences(Class<?> type, Set<Class<?>> beingDecided) {
    if (type.isPrimitive()) {
      return true;
    }
    if (type.isInterface()) {
      return type.isSealed() && decidePermitted(type, beingDecided);
    }
    boolean closed =
        Modifier.isFinal(type.getModifiers())
            || isScalar(type)
            || Enum.class.isAssignableFrom(type);
    return closed && decideInstances(type, beingDecided);
  }

  private boolean decideComponents(Class<?> type, Set<Class<?>> beingDecided) {
    if (!beingDecided.add(type)) {
      return true; // it refers to itself: the rest of it decides
    }
    for (RecordComponent component : type.getRecordComponents()) {
      if (!decideReferences(component.getType(), beingDecided)) {
        return false;
      }
    }
    return true;
  }

  private boolean decidePermitted(Class<?> type, Set<Class<?>> beingDecided) {
    if (!beingDecided.add(type)) {
      return true;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (!decideReferences(permitted, beingDecided)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the decision, false where a class that it needs is missing. */
  private static boolean linked(BooleanSupplier decision) {
    try {
      return decision.getAsBoolean();
    } catch (LinkageError | TypeNotPresentException e) {
      return false;
    }
  }

  private static boolean isScalar(Class<?> type) {
    return OF_JDK.contains(type) || (BuiltInCodecs.of(type) != null && !type.isArray());
  }
}
