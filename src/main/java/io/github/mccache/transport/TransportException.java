package io.github.mccache.transport;

import org.jspecify.annotations.Nullable;

/**
 * A transport cannot work as it was configured. The message names what failed, with which
 * interface, group and port, why, and what to do.
 */
public final class TransportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Makes an exception with a complete message. */
  public TransportException(String message) {
    this(message, null);
  }

  /** Makes an exception with a complete message and the cause of the system. */
  public TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
