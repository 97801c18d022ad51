package io.github.mccache.simulation;

/** An invariant does not hold. */
final class InvariantViolated extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String invariant;

  InvariantViolated(String invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant;
  }

  String invariant() {
    return invariant;
  }
}
