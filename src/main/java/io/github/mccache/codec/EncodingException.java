package io.github.mccache.codec;

/**
 * An object cannot be turned into bytes, or cannot be copied. The message names the class and the
 * way to the field that is the reason, never a value. Its cause, where there is one, was thrown by
 * the user's own code and may quote a value: it is for the caller, not for a log.
 */
public final class EncodingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String className;
  private final String path;

  EncodingException(String className, String path, String problem) {
    super("cannot encode " + path + ": " + problem);
    this.className = className;
    this.path = path;
  }

  EncodingException(String className, String path, String problem, Throwable cause) {
    this(className, path, problem);
    initCause(cause);
  }

  /** Returns the name of the class that cannot be encoded, such as {@code java.net.Socket}. */
  public String className() {
    return className;
  }

  /**
   * Returns the way to it from the object that was to be encoded, such as {@code
   * com.acme.Order.customer.socket (java.net.Socket)}; the class name alone when it is that object.
   */
  public String path() {
    return path;
  }
}
