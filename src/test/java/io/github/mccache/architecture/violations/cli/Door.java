package io.github.mccache.architecture.violations.cli;

/** What other rooms of this broken house may or may not see. */
public final class Door {}
