/**
 * The bounded in-heap LRU map of one process. Its door is {@link io.github.mccache.store.LruStore};
 * it knows neither JCache nor clusters, has no thread and no clock, and depends on nothing but the
 * JDK.
 *
 * <p><b>Threading.</b> Every type but {@link io.github.mccache.store.Slot} is thread-safe. Three
 * kinds of lock exist:
 *
 * <ol>
 *   <li>a <i>key lock</i> ({@code KeyLock}), held while user code works on one key; it may be held
 *       for long, and a thread may hold those of several keys;
 *   <li>the lock of the <i>access order</i>, held for a few pointer updates and never while user
 *       code runs, except for the {@code equals} of keys and the bin locks of the table: none of it
 *       waits for anything;
 *   <li>the <i>monitors</i> of {@code KeyLock} and {@code WaitGraph}, held for a few instructions.
 * </ol>
 *
 * <p>A key lock is waited for only by {@code compute}, with nothing but other key locks held; the
 * access order only tries them. So only key locks can deadlock, and {@code WaitGraph} notices when
 * they would. It is static, because the keys of two caches can be locked crosswise as well.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A node's value, its removal from the table and its membership in the access order change
 *       only under its key lock. Readers take none: they see the value of the moment.
 *   <li>A node is in the table if and only if it has a value or a thread uses its key lock or is
 *       about to; so neither locks nor empty nodes are left at rest. A node that left the table
 *       never comes back: its last lock stays in it, closed.
 *   <li>A node is in the access order if and only if it has a value that is no heavier than any
 *       bound, except while a step is between the two changes. The totals are the sums over the
 *       access order.
 *   <li>Whoever finds a victim's key in use leaves it, and whoever releases a key looks whether the
 *       store is too full afterwards. Both are volatile accesses in that order, so one of the two
 *       always sees the other: an entry is never left above a bound by a race.
 * </ul>
 *
 * <p><b>Where stack or heap end.</b> No change of the access order calls another method or
 * allocates, and no release of a key allocates. An owner that has not even the stack for a release
 * marks its lock as abandoned, which is no call; a waiter takes such a lock over, and the next
 * operation of the store releases what is left and removes empty nodes.
 *
 * <p><b>Why a lock in the node</b> and not a second table of locks: an operation on a key that is
 * there then touches one table only, and finds its lock with one compare-and-set. {@code
 * ConcurrentHashMap.compute} would lock a bin, and with it unrelated keys, for as long as user code
 * runs.
 *
 * <p><b>Why reads are buffered.</b> Moving an entry to the recent end on every read would make all
 * readers queue for one lock. Instead they note what they read, and whoever takes the lock next
 * replays the notes (Ding, Jiang, Zhang: BP-Wrapper, ICDE 2009). A write replays them before it
 * takes its own place, so a single thread sees exact LRU.
 */
@NullMarked
package io.github.mccache.store;

import org.jspecify.annotations.NullMarked;
