package io.github.mccache.config;

/**
 * A value is not accepted; the message completes "mccache.key = value …". Never leaves the room.
 */
final class WrongValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WrongValueException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
