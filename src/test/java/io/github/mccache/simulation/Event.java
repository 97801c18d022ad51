package io.github.mccache.simulation;

/** Something that happens at a virtual time. */
abstract class Event {

  private long atNanos;
  private long number;

  /** Lets it happen. */
  abstract void happen();

  /** Returns a number that distinguishes it from others, the same in every run of a seed. */
  abstract int digest();

  final void plan(long newAtNanos, long newNumber) {
    atNanos = newAtNanos;
    number = newNumber;
  }

  final long atNanos() {
    return atNanos;
  }

  final boolean isBefore(Event other) {
    return atNanos < other.atNanos || (atNanos == other.atNanos && number < other.number);
  }
}
