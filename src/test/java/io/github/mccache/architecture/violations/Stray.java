package io.github.mccache.architecture.violations;

/** Does not belong into the root. */
final class Stray {}
