/**
 * The coherence protocol as a pure state machine: an input and the present time go in, {@link
 * io.github.mccache.replication.Effects} come out (instructions, changes to apply, messages to
 * send, notices for people). Nothing here has a thread, a clock, a socket, a random source or a
 * logger of its own: time is an argument, chance is given to the constructor, what the caches hold
 * is read through {@link io.github.mccache.replication.Records}, so that a test or a simulation
 * sees exactly what production runs.
 *
 * <p><b>Threads.</b> {@link io.github.mccache.replication.Replica} and everything behind it are
 * confined to one thread, that of the node. {@link io.github.mccache.replication.ApplyRule} is a
 * pure function and is called from any thread, inside the store's atomic step of one key.
 *
 * <p><b>Where to look.</b> {@code Replica} conducts; each worry has a class that can be built
 * alone. {@code ReplicaParts} puts them together, for those who need many of them at a time:
 *
 * <ul>
 *   <li>What each message does: {@code Incoming}; what follows once its changes were applied:
 *       {@code Outcomes}.
 *   <li>What becomes of changes made here: {@code LocalChanges}, {@code OwnProgress}.
 *   <li>What this member tells of itself, and to whom: {@code HeartbeatSender}.
 *   <li>When it wants to be woken: {@code Alarm}.
 * </ul>
 *
 * <p>and the worries:
 *
 * <ul>
 *   <li>Who is there: {@code Membership}, {@code Peer}, {@code LocalHealth}, {@code
 *       HeartbeatSchedule}, {@code Introductions}.
 *   <li>What time it is: {@code ClockAgreement}, {@code ClockSamples}.
 *   <li>What has arrived: {@code Streams}, {@code Stream}; what is no longer needed because
 *       everybody has it: {@code Horizons}, {@code Stability}.
 *   <li>Repair by number: {@code GapRequests} ask, {@code RepairAnswers} answer from the {@code
 *       SentIndex}.
 *   <li>Repair by state: {@code Catchup} runs one transfer at a time, for a purpose: {@code
 *       JoinTransfer}, {@code WarmUpTransfer} or {@code CatchUpTransfer}; {@code StatePull}
 *       requests its chunks and {@code StateDonor} sends them. {@code Donors}, {@code DonorsAsked}
 *       and {@code RequiredVector} choose the donor; {@code DiscardedHistory} detects a long
 *       absence. {@code Scrubber} compares a few keys now and then.
 *   <li>Sending: {@code ChangePacker}, {@code Sender}, {@code Pacer}; long messages in {@code
 *       OutgoingFragments} and the {@code Reassembler}. What was cleared: {@code ClearFloors}.
 * </ul>
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Within one incarnation no watermark falls: numbers, complete times, applied vectors,
 *       floors. A member that can no longer vouch for its past asks its node to start anew ({@link
 *       Instruction.StartAnew}), with a new {@code Replica}. For its peers that is a crash and a
 *       restart, which they survive anyway (Candea and Fox, "Crash-Only Software", 2003). Rejected:
 *       taking back times that were promised, and giving an incarnation a successor, which takes an
 *       undo at each watermark.
 *   <li>Whatever a peer sends costs bounded memory: every buffer has a maximum, what happens there
 *       is said at its class, and {@code Replica.footprint} tells its size.
 *   <li>A peer's nonsense is never an exception; a mistake of the caller is.
 *   <li>A wrong suspicion changes no data: what arrives is applied by its version, whoever sent it
 *       and in whichever state its sender is believed to be.
 *   <li>Nothing counts as applied, or is acknowledged, before the caches have answered: the effects
 *       of a message name the changes, the node returns their outcomes to {@code
 *       Replica.onApplied}, and only there does the number count. A number of which a change
 *       failed, or was rejected for the clock of its writer, stays open like a lost one. It is
 *       requested in at most eight rounds or two seconds; then the state is transferred, as every
 *       gap ends. What fails in that transfer remains a fence, and counts: a cache that fails for
 *       ever must not hold back what counts as applied everywhere. Its records are requested again,
 *       up to 20 times; after that only the comparison of contents brings what is missing.
 *   <li>What this member sends as applied of a stream, it can hand on: a member that pulls its
 *       records and takes over its vector lacks nothing. So no number and no time counts while what
 *       supersedes a repaired number is missing, a member that joins says nothing until it has all
 *       of it, and the store leaves a mark of what it did not take.
 *   <li>What is told once is a transition ({@link io.github.mccache.replication.Notice}); what
 *       repeats is counted ({@link io.github.mccache.replication.ReplicaCounts}).
 * </ul>
 *
 * <p><b>Choices that may surprise.</b>
 *
 * <ul>
 *   <li>Requests for repair go to the sender alone at first, and are not suppressed by others': see
 *       {@code GapRequests} for the arithmetic.
 *   <li>One transfer of state serves four purposes: joining, warming up a cache, a gap that is too
 *       large, and what a member that is gone has sent to some of the others only. It is a
 *       comparison of vectors: "give me what is newer than this". The vector also names the highest
 *       number of which something was applied: when the origin is suspect or worse, a survivor that
 *       lacks something requests from each of the others what that one has, once, and so all end
 *       with the union. The survivors do not multicast it of their own accord: a member that was
 *       only busy believed that all others were silent, and a message without acknowledgement has
 *       to arrive as a whole.
 *   <li>An answer holds the newest state of a key, and its sender may not have given that a number
 *       yet. If it dies before, no vector shows that one survivor has it. So whatever came in an
 *       answer or a transfer is marked, and when its origin falls silent the survivor sends it on
 *       in its own stream, with a number and until it is acknowledged ({@link Instruction.Relay}).
 *       Rejected: every survivor asks every other one, which is a square of requests; and answers
 *       without what has no number yet, which leaves a joiner without the key.
 *   <li>A stream begins at 0 for who hears its sender for the first time, so that what was missed
 *       is a gap like any other. Only a joiner takes over another's vector, with the records that
 *       it stands for.
 *   <li>Fragments are cut and put together here and not in {@code wire}: what is missing is asked
 *       for, paced and bounded like everything else of the protocol.
 *   <li>A long absence is the one doubt for which a member does not start anew: if both sides of a
 *       healed partition did, neither could be the donor of the other. It raises its trust floor.
 *   <li>A member that was away detects that peers have discarded more history than it has received
 *       ({@code DiscardedHistory}) and discards everything that old. It is told of single keys only
 *       when it hands them on in a transfer by vectors: a member that has merely evicted a key must
 *       not make others drop what is sound.
 *   <li>A member that knows no peer sends heartbeats and introductions only, but not in its first
 *       two seconds: before that it cannot know whether it is alone, and a change kept back would
 *       be missing at the peers that it has not heard yet. What is kept back still takes a sequence
 *       number, so that a peer that hears this member without being heard sees a gap instead of
 *       being stale without knowing.
 *   <li>A version older than what is held is dropped before its clock is judged, so that a fence
 *       for a clock that is ahead can never take a key back.
 *   <li>The record of a key that is known as a tombstone or fence moves up with a newer value that
 *       is not taken (mode {@code update}, or full): it stays a miss, and it keeps refusing
 *       everything older.
 * </ul>
 */
@NullMarked
package io.github.mccache.replication;

import org.jspecify.annotations.NullMarked;
