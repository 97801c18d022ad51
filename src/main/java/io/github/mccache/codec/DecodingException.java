package io.github.mccache.codec;

import org.jspecify.annotations.Nullable;

/**
 * Bytes cannot be turned into an object on this member: a reason for a miss, not for an alarm. The
 * message never holds a value. Its cause, where there is one, was thrown by the user's own code and
 * may quote a value: it is not for a log.
 */
public final class DecodingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why bytes cannot be decoded. */
  public enum Reason {
    /** Java would have to deserialize a class that is not on the allow-list of this cache. */
    NOT_ALLOWED,
    /** The bytes are not what the codec expects, or the code that reads them failed. */
    UNDECODABLE,
    /** This cache has no codec of that number. */
    UNKNOWN_CODEC,
    /** The class is allowed, but neither the manager's class loader nor any other knows it. */
    CLASS_NOT_FOUND
  }

  private final Reason reason;
  private final @Nullable String className;
  private final @Nullable String settingToAdd;

  private DecodingException(
      Reason reason, @Nullable String className, @Nullable String settingToAdd, String message) {
    super(message);
    this.reason = reason;
    this.className = className;
    this.settingToAdd = settingToAdd;
  }

  static DecodingException notAllowed(String className) {
    String shown = ClassNames.printable(className);
    String setting = "mccache.serialization.allow += \"" + patternFor(shown) + "\"";
    return new DecodingException(
        Reason.NOT_ALLOWED,
        shown,
        setting,
        "class "
            + shown
            + " is not allowed to be decoded in this cache; to allow it and its package, add to"
            + " mccache.conf on the class path, or to the file that the manager's URI names: "
            + setting);
  }

  /** Its package for a class of an application, which comes with others; else the class alone. */
  private static String patternFor(String className) {
    int dot = className.lastIndexOf('.');
    boolean alone = dot < 0 || isOfJdk(className) || DeniedClasses.contains(className);
    return alone ? className : className.substring(0, dot) + ".*";
  }

  private static boolean isOfJdk(String className) {
    return className.startsWith("java.")
        || className.startsWith("javax.")
        || className.startsWith("jdk.");
  }

  static DecodingException refusedByJvmFilter(@Nullable String className) {
    String shown = className == null ? null : ClassNames.printable(className);
    return new DecodingException(
        Reason.NOT_ALLOWED,
        shown,
        null,
        (shown == null ? "the object" : "class " + shown)
            + " is refused by the filter of this JVM (jdk.serialFilter), which no setting of"
            + " McCache overrides");
  }

  static DecodingException classNotFound(@Nullable String className) {
    String shown = className == null ? null : ClassNames.printable(className);
    return new DecodingException(
        Reason.CLASS_NOT_FOUND,
        shown,
        null,
        (shown == null ? "a class" : "class " + shown)
            + " is not known to the class loader of the cache manager");
  }

  static DecodingException unknownCodec(int number) {
    return new DecodingException(
        Reason.UNKNOWN_CODEC,
        null,
        null,
        "this cache has no codec " + number + "; every member needs the same codecs");
  }

  static DecodingException ofAnotherType(Class<?> type, Class<?> expected) {
    String shown = ClassNames.printable(type.getName());
    String same =
        type.getName().equals(expected.getName()) ? ", a class of that name of another loader" : "";
    return new DecodingException(
        Reason.UNDECODABLE,
        shown,
        null,
        "an object of class "
            + shown
            + " is not of the type of the cache, "
            + expected.getName()
            + same
            + "; give the cache the same types on every member");
  }

  static DecodingException undecodable(@Nullable String className, String problem) {
    String shown = className == null ? null : ClassNames.printable(className);
    return new DecodingException(
        Reason.UNDECODABLE,
        shown,
        null,
        "cannot decode " + (shown == null ? "an object" : shown) + ": " + problem);
  }

  DecodingException causedBy(Throwable cause) {
    initCause(cause);
    return this;
  }

  /** Returns why. */
  public Reason reason() {
    return reason;
  }

  /** Returns whether the reason ends as soon as this member puts an object of the class itself. */
  public boolean isEndedByPut() {
    return reason == Reason.NOT_ALLOWED
        && settingToAdd != null
        && className != null
        && !DeniedClasses.contains(className);
  }

  /** Returns the name of the class that is the reason, null where it is not known. */
  public @Nullable String className() {
    return className;
  }

  /**
   * Returns the line that would allow the class, such as {@code mccache.serialization.allow +=
   * "com.acme.*"}; null where a setting would not help.
   */
  public @Nullable String settingToAdd() {
    return settingToAdd;
  }
}
