package io.github.mccache.config;

/** A location gives no text; the message completes "the file … ". Never leaves the room. */
final class UnreadableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean missing;

  UnreadableException(String reason, boolean missing) {
    super(reason, null, false, false);
    this.missing = missing;
  }

  static UnreadableException missing(String reason) {
    return new UnreadableException(reason, true);
  }

  static UnreadableException broken(String reason) {
    return new UnreadableException(reason, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** Returns whether there is nothing at the location, as opposed to something unreadable. */
  boolean missing() {
    return missing;
  }
}
