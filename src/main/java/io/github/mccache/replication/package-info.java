/**
 * The coherence protocol as a pure state machine: an input and the present time go in, {@link
 * io.github.mccache.replication.Effects} come out (messages to send, changes to apply, notices for
 * people). Nothing here has a thread, a clock, a socket, a random source or a logger of its own:
 * time is an argument, chance is given to the constructor, so that a test or a simulation sees
 * exactly what production runs.
 *
 * <p><b>Threads.</b> {@link io.github.mccache.replication.Replica} and everything behind it are
 * confined to one thread, that of the node. {@link io.github.mccache.replication.ApplyRule} is a
 * pure function and is called from any thread, inside the store's atomic step of one key.
 *
 * <p><b>Doors.</b> {@code Replica} conducts; each worry has a class that can be built alone: {@code
 * Membership} and {@code Peer} (who is there), {@code GapDetector} (what of a stream is missing),
 * {@code HeartbeatSchedule} (when to give a sign of life), {@code ClearFloors} (what was cleared),
 * {@code Introductions} (which caches are open, here and there), {@code ChangePacker} (how many
 * changes fit into a message).
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Whatever a peer sends costs bounded memory: members, gaps per member, clear floors and
 *       pending refusals each have a maximum, and what happens there is said at the class.
 *   <li>A peer's nonsense is never an exception; a mistake of the caller is.
 *   <li>A wrong suspicion changes no data: what arrives is applied by its version, whoever sent it
 *       and in whichever state its sender is believed to be.
 *   <li>Of every message the sender numbers, {@code completeTime} says no more than what was sent:
 *       when a batch takes several messages, only the last one carries the new time.
 *   <li>What is told once is a transition ({@link io.github.mccache.replication.Notice}); what
 *       repeats is counted ({@link io.github.mccache.replication.ReplicaCounts}).
 * </ul>
 *
 * <p><b>Choices that may surprise.</b>
 *
 * <ul>
 *   <li>A member that knows no peer sends heartbeats and introductions only, but not in its first
 *       two seconds: before that it cannot know whether it is alone, and a change kept back would
 *       be missing at the peers that it has not heard yet. What is kept back still takes a sequence
 *       number, so that a peer that hears this member without being heard sees a gap instead of
 *       being stale without knowing.
 *   <li>A message whose number lies below the first one heard, or in a gap that was given up, is
 *       applied although it may be a duplicate: applying is idempotent, dropping is not.
 *   <li>A version older than what is held is dropped before its clock is judged, so that a fence
 *       for a clock that is ahead can never take a key back.
 *   <li>The record of a key that is known as a tombstone or fence moves up with a newer value that
 *       is not taken (mode {@code update}, or nearly full): it stays a miss, and it keeps refusing
 *       everything older.
 * </ul>
 */
@NullMarked
package io.github.mccache.replication;

import org.jspecify.annotations.NullMarked;
