package io.github.mccache.store;

/**
 * Thrown to a thread that works on one key and wants another, whose holder waits in turn, directly
 * or through others, for a key that this thread holds. Waiting would never end. The operation on
 * the other key has not begun; the step that this thread is in may go on or throw, and the others
 * go on once it has ended.
 */
public final class KeyDeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyDeadlockException() {
    super(
        "this thread works on one key (in a loader, writer, entry processor or the like) and asked"
            + " for another key, whose holder waits for this thread; the request was refused, for"
            + " waiting would never end. Do not use other keys from within such a call, or make"
            + " all callers use them in the same order");
  }
}
