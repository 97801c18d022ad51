package io.github.mccache.codec;

import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * Judges one Java stream: its classes by the allow-list and then by the filter of this JVM ({@code
 * jdk.serialFilter}), its arrays by the length of the stream, its depth by a constant. Remembers
 * why it refused, also when the user's code swallows the exception. For one thread.
 *
 * <p>The stream asks {@link #admits} before it loads a class. {@link #checkInput} comes too late
 * for that, and it also hears of classes that no stream can name, such as what a {@code
 * readResolve} returns: it keeps the limits.
 */
final class DecodingFilter implements ObjectInputFilter {

  /** For what was encoded here: somewhat less than what overflows a stack of the usual size. */
  static final long DEEPEST = 1_000;

  /**
   * How much more than the stream is long its arrays may take together, counting a primitive with
   * its width and a reference as one byte, which it takes at least. The table of a hash map may be
   * longer than what is in it.
   */
  private static final long ARRAY_FACTOR = 2;

  private static final long ARRAY_ALLOWANCE = 4_096;

  private final AllowedClasses allowed;
  private final @Nullable Origin origin;
  private final long deepest;
  private final @Nullable ObjectInputFilter jvmFilter = Config.getSerialFilter();
  private long arrayBudget;
  private @Nullable DecodingException refusal;

  DecodingFilter(AllowedClasses allowed, Encoded encoded) {
    this.allowed = allowed;
    this.origin = encoded.origin();
    this.deepest = allowed.isOwn(origin) ? DEEPEST : StreamScan.DEEPEST;
    this.arrayBudget = ARRAY_FACTOR * encoded.bytes().length + ARRAY_ALLOWANCE;
  }

  /** Returns why something was refused, null if nothing was. */
  @Nullable DecodingException refusal() {
    return refusal;
  }

  /** Returns whether the stream may name this class, which may be an array; notes it if not. */
  boolean admits(String className) {
    String element = ClassNames.element(className);
    if (element == null || allowed.contains(element, origin)) {
      return true;
    }
    return refuse(DecodingException.notAllowed(element));
  }

  @Override
  public Status checkInput(FilterInfo info) {
    return withinLimits(info) && jvmAdmits(info) ? Status.ALLOWED : Status.REJECTED;
  }

  private boolean withinLimits(FilterInfo info) {
    if (info.depth() > deepest) {
      return refuse(
          DecodingException.undecodable(null, "it is nested more than " + deepest + " deep"));
    }
    Class<?> type = info.serialClass();
    if (type != null && info.arrayLength() >= 0) {
      arrayBudget -= info.arrayLength() * width(type.getComponentType());
      if (arrayBudget < 0) {
        return refuse(
            DecodingException.undecodable(
                type.getName(), "its arrays are longer than its bytes can fill"));
      }
    }
    return true;
  }

  private static long width(@Nullable Class<?> component) {
    if (component == long.class || component == double.class) {
      return 8;
    }
    if (component == int.class || component == float.class) {
      return 4;
    }
    return component == short.class || component == char.class ? 2 : 1;
  }

  private boolean jvmAdmits(FilterInfo info) {
    if (jvmFilter == null || jvmFilter.checkInput(info) != Status.REJECTED) {
      return true;
    }
    Class<?> type = info.serialClass();
    return refuse(DecodingException.refusedByJvmFilter(type == null ? null : type.getName()));
  }

  /** Notes the first reason, and returns false. */
  private boolean refuse(DecodingException reason) {
    if (refusal == null) {
      refusal = reason;
    }
    return false;
  }
}
