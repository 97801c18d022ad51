package io.github.mccache.node;

/**
 * The connection from a {@link CoherentStore} to the member that sends its changes. Thread-safe; no
 * method blocks.
 *
 * <p>A writer encloses the stamping of a version, its publication and the marking of its key as
 * dirty between {@link #enter} and {@link #exit}, so that the member knows up to which time every
 * write has been marked.
 */
public interface Uplink {

  /** For a cache that is not shared. */
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

  /** Wakes the member because there is something to send. */
  void wake();

  /**
   * Runs a task soon, on a thread of the member for code of the application; returns false if it
   * will not run: then the next operation of the cache does the work.
   */
  default boolean execute(Runnable task) {
    return false;
  }
}
