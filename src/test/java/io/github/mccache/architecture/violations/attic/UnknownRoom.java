package io.github.mccache.architecture.violations.attic;

/** Lives in a room that the table does not know. */
final class UnknownRoom {}
