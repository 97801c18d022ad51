package io.github.mccache.node;

/**
 * What a {@link CoherentStore} tells the member that sends its changes. Thread-safe; no method
 * blocks.
 *
 * <p>A writer brackets the stamping of a version, its publication and its marking for sending, so
 * that the member can tell up to which time everything has been marked.
 */
public interface Uplink {

  /** For a cache that no other member hears of. */
  Uplink NONE =
      new Uplink() {
        @Override
        public long enter() {
          return 0;
        }

        @Override
        public void exit(long token) {}

        @Override
        public void wake() {}
      };

  /**
   * Begins a write: to be called before its version is stamped; returns a token for {@link #exit}.
   */
  long enter();

  /** Ends a write: its key is marked for sending by now. */
  void exit(long token);

  /** Says that there is something to send. */
  void wake();

  /**
   * Runs a task soon, on a thread of the member for code of the application; returns false if it
   * will not run: then the next operation of the cache does the work.
   */
  default boolean execute(Runnable task) {
    return false;
  }
}
