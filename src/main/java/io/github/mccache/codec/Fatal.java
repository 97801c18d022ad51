package io.github.mccache.codec;

/** Tells what may be turned into an exception of ours from what must reach the top. */
final class Fatal {

  private Fatal() {}

  /**
   * Throws what no cache may swallow: lack of memory and other failures of the virtual machine, and
   * the end of the thread. A stack overflow is not among them, for it says that the object is too
   * deep. ThreadDeath is named by its name, since it is to go from the JDK.
   */
  static void rethrow(Throwable thrown) {
    if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
      throw error;
    }
    if (thrown instanceof Error error
        && thrown.getClass().getName().equals("java.lang.ThreadDeath")) {
      throw error;
    }
  }
}
