package io.github.mccache.jcache;

/** Throws checked exceptions where none are declared, as Kotlin and Lombok do. */
final class Sneaky {

  private Sneaky() {}

  @SuppressWarnings("unchecked") // the cast is the trick: it is erased
  static <T extends Throwable> void doThrow(Throwable failure) throws T {
    throw (T) failure;
  }
}
