/**
 * A house like the project's in which every law of the architecture is broken, so that {@code
 * ArchitectureTest} can show that each law is able to fail. Nothing here is ever run.
 */
package io.github.mccache.architecture.violations;
