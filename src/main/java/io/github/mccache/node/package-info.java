/**
 * One running member: the thread, the timer, the real clock and the random source that {@code
 * replication} does not have, and the caches that it keeps coherent.
 *
 * <p><b>Doors.</b> {@link io.github.mccache.node.Node} is a member, made of {@link
 * io.github.mccache.node.NodeOptions}, a transport and a {@link
 * io.github.mccache.node.MemberClock}; {@link io.github.mccache.node.ClusteredCache} is what it
 * sees of a cache, and {@link io.github.mccache.node.Uplink} is what a cache sees of it.
 *
 * <p><b>Threads.</b> The event loop is the only thing here that blocks, on one daemon thread,
 * {@code mccache-node-<node name>}. It confines the state machine, so that neither needs a lock.
 * All that this thread does for the protocol is in {@code MemberShell}, which has no thread: it
 * does rounds when it is called, by the event loop or by the simulator. {@code NodeParts} is what
 * other threads share with it. The transport's thread only copies datagrams into the inbox; writers
 * only mark keys and wake the loop. Who waits for the loop waits with a limit: {@code close}, for
 * less than a second, and the callers of {@link io.github.mccache.node.Acknowledgement} and {@code
 * awaitCoherent}, who say how long; the loop itself waits for nobody.
 *
 * <p><b>Order of work.</b> Inbound in batches, then changed keys in batches, then timers; every
 * batch has a bound, so that neither starves the others. A timer is late by one round at most. What
 * others say comes first: behind an inbox that is an eighth full, own changes wait for 20 ms at
 * most, where they conflate. How many changes go out at all is said by the replica; while it wants
 * none, they stay in the caches and their writers do not even wake the loop. What is to be said in
 * one round to one destination shares datagrams.
 *
 * <p><b>Caches that come and go.</b> A cache that opens has heard nothing of what came before: it
 * trusts nothing at or below the highest time that this member has seen, until the replica says
 * better. What the replica says of a number is not believed of a cache that has just got it.
 *
 * <p><b>Complete time.</b> A member promises with each of its messages: "every change of mine at or
 * below this time is in this message or an earlier one". Versions are stamped by many writers at
 * once, hence three steps. {@code StampGate} finds a time up to which all writers have marked their
 * keys; {@code Outbox} then drains every cache until it has been seen empty; only then does the
 * time go out. A writer that is stopped in mid-write holds the time back, and nothing else. Two
 * things are outside the promise: a cache must be attached before its first write and detached
 * after its last, and a loaded value (FILL) bears the time before its load, which may long be
 * passed.
 *
 * <p><b>Parts of a store.</b> {@link io.github.mccache.node.CoherentStore} is the door; {@code
 * StoreState} has what its parts share; {@code RemoteChanges} is what the event loop does to it,
 * {@code StoreRecords} what the event loop reads of it, {@code StoreClears} how it is emptied.
 * {@code EncodedChanges} keeps the changes whose keys the event loop must not decode, {@code
 * KeyDecoding} decodes them on other threads, and {@code KeyNames} finds such keys by their bytes.
 *
 * <p><b>Code of the application.</b> The event loop calls none. A value that such code encodes has
 * its bytes beside it ({@code ValueForm}); a key of the application's has its bytes and its hash
 * code beside it ({@code KeyForm}, {@code HeldKey}), and its {@code equals} is called only where
 * two of the same hash code have different bytes; where a key is decoded or a value weighed,
 * another thread applies the change. What is forgotten here {@code RoundWatch} shows.
 *
 * <p><b>No stale read.</b> When the loop has handed a change to a store, its member may say that it
 * has applied it. So where a thread holds the key, the change waits and the key is a miss for
 * readers until that thread lets go; and whoever asks for the record is told of what waits. Where
 * decoding the key takes code of the application, or a weigher does, the change is kept encoded,
 * and every operation of the cache first decodes and applies what is kept. A key that cannot be
 * decoded here is the key of no entry here; its change stays, so that what a member has applied it
 * can hand on.
 *
 * <p><b>What is not kept.</b> A change that finds nothing known of its key, and is refused for want
 * of room or of trust or by the mode of the cache, leaves a mark as long as some member may lack
 * it, and so does an entry that is evicted or expires. Of what goes without a mark the highest
 * version is remembered: no load that may be older is taken, and who takes over what this member
 * has applied is told.
 *
 * <p><b>Bounds.</b> The inbox holds 8,192 datagrams or 16 MiB, whichever comes first; what comes
 * then is dropped and counted, as any network could have done. What is to be sent is bounded by the
 * number of distinct changed keys: of entries by the bounds of the cache, of keys that went by a
 * cap above which the cache is cleared everywhere instead.
 *
 * <p><b>Starting anew.</b> {@code Incarnation} is everything of a member that knows its history:
 * the replica, the codec with the packet numbers, the unsent messages. {@code MemberShell} replaces
 * it as a whole when the member can no longer vouch for its past, and has each cache discard what
 * it holds. A writer that stamped a version under the former origin meanwhile is found when its key
 * is to be sent, and becomes an invalidation. Threads that wait for acknowledgements end as if they
 * had timed out.
 *
 * <p><b>Failures.</b> What a cache throws never ends the loop: it is counted, and logged once for
 * each place and class of exception. A change that could not be applied is not acknowledged. Its
 * key becomes a miss that remembers the version of the change, so that a reader finds nothing older
 * and the change is taken when it arrives again. If the key is unknown, or even that fails, the
 * cache discards every entry that is as old as the change, and its trust floor rises to it; if that
 * fails too, the cache serves nothing until it is opened again. An Error that ends a round makes
 * the member start anew; a second one soon after ends it.
 */
@NullMarked
package io.github.mccache.node;

import org.jspecify.annotations.NullMarked;
