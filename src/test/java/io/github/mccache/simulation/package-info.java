/**
 * Many members, one thread, one seed, virtual time: the production {@code replication}, {@code
 * wire}, stores and the shell of {@code node} on links with every fault that the protocol has to
 * survive. In the place of {@code EventLoop}, which is a thread, there is a scheduler.
 *
 * <p>A {@link io.github.mccache.simulation.Scenario} is what a seed draws: members, caches, and
 * which {@link io.github.mccache.simulation.Ingredient}s make their life hard. A {@link
 * io.github.mccache.simulation.Simulation} runs it as cycles of work among faults, each followed by
 * calm; the {@link io.github.mccache.simulation.Invariant}s look at every event, at the keys that
 * it touched, and at the calm. A failing seed prints the command that replays it, and is shrunk by
 * leaving out what it fails without.
 *
 * <p>A {@link io.github.mccache.simulation.Conversation} runs the same members by the commands of a
 * text. A {@link io.github.mccache.simulation.Dialogue} words what follows for a reader, a {@link
 * io.github.mccache.simulation.Transcript} in full for the log of a failing seed.
 *
 * <p>The seed is the only source of chance. Each thing that is drawn has a stream of chance of its
 * own, so that leaving one out does not change the others. Threads exist only where a key is held
 * across events; they hand over and never run at the same time.
 */
package io.github.mccache.simulation;
