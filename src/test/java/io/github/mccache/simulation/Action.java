package io.github.mccache.simulation;

/** An event of the scenario. */
abstract class Action extends Event {

  private final String what;

  Action(String what) {
    this.what = what;
  }

  @Override
  final int digest() {
    return what.hashCode();
  }

  @Override
  public final String toString() {
    return what;
  }
}
