package io.github.mccache.architecture.violations;

/** The one class that the root may hold. */
public final class McCachingProvider {}
