/**
 * JSR-107 on top of the versioned store: manager, cache, listeners, expiry, loader and writer,
 * entry processor, management beans.
 *
 * <p>An operation is a few steps on one key after another. {@link io.github.mccache.jcache.JCache}
 * says which; {@link io.github.mccache.jcache.EntryStep} says once what a step means for events,
 * statistics, writers and deadlines; an {@link io.github.mccache.jcache.Outcome} carries that out
 * of the key's lock, where it is counted and told. So every sibling operation gives the same
 * events, statistics and end state in the same situation.
 *
 * <p>Keys: all that is kept by key here knows a key in the form in which the store keeps it, its
 * {@link io.github.mccache.node.CoherentStore#ownKey}, and the application is given its {@link
 * io.github.mccache.node.CoherentStore#callerKey}. For most keys they are one object; by value an
 * array is kept as something that is none.
 *
 * <p>Threads: the caller's, for everything that JSR-107 calls synchronous; {@link
 * io.github.mccache.jcache.Workers} for the rest. User code that must be atomic with its key (entry
 * processor, loader, writer) runs with that key held and no other; listeners run with none.
 * Exceptions of {@code javax.cache} are made here only.
 */
@NullMarked
package io.github.mccache.jcache;

import org.jspecify.annotations.NullMarked;
