/**
 * Many members, one thread, one seed, virtual time: the production {@code replication} and {@code
 * wire} on links that delay, reorder and duplicate, above stores that keep the records: that of
 * production, {@link io.github.mccache.simulation.ProductionStore}, and a model that is plain
 * enough to be believed. Named invariants are checked after every event and at rest; a failing seed
 * prints the command that replays it. That the invariants can fail is shown by {@link
 * io.github.mccache.simulation.PlantedBug}s.
 *
 * <p>The seed is the only source of chance. Not simulated yet: threads, clocks that are too far
 * apart (both in the tests of {@code node}), loss, partitions, crashes with data in flight, state
 * transfer to a late joiner (who is therefore exempt from convergence).
 */
package io.github.mccache.simulation;
