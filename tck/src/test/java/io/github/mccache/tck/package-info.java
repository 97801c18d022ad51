/**
 * Judges a run of the JSR-107 TCK by what Surefire reported of it, and gives the clustered run the
 * second JVM that makes it one. {@code CompletenessTest} is the gate: a run of the TCK that fails
 * does not end the build by itself, so that the next run is seen too.
 */
package io.github.mccache.tck;
