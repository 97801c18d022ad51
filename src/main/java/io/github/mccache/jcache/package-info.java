/**
 * JSR-107 on top of the versioned store: manager, cache, listeners, expiry, loader and writer,
 * entry processor, management beans.
 *
 * <p>An operation takes a few steps, each on one key. {@link io.github.mccache.jcache.JCache} and
 * {@link io.github.mccache.jcache.BulkOperations} define the steps; {@link
 * io.github.mccache.jcache.EntryStep} defines in one place what a step means for events,
 * statistics, writers and deadlines; {@link io.github.mccache.jcache.OperationRunner} runs them. An
 * {@link io.github.mccache.jcache.Outcome} carries figures and events out of the key's lock, where
 * they are counted and delivered. So related operations produce the same events, statistics and end
 * state in the same situation.
 *
 * <p>Uses point one way: {@link io.github.mccache.jcache.McCacheManager} uses {@link
 * io.github.mccache.jcache.CacheFactory}, which makes the parts of a cache, its {@link
 * io.github.mccache.jcache.CacheLife} and the cache itself.
 *
 * <p>Keys: the collections of this package use a key in the form in which the store keeps it, its
 * {@link io.github.mccache.node.CoherentStore#ownKey}; the application receives its {@link
 * io.github.mccache.node.CoherentStore#callerKey}. For most keys both are one object; a cache by
 * value keeps an array in another form.
 *
 * <p>Threads: the caller's thread for everything that is synchronous in JSR-107; {@link
 * io.github.mccache.jcache.Workers} for the rest. User code that must be atomic with its key (entry
 * processor, loader, writer) runs with that key held and no other; listeners run with none.
 * Exceptions of {@code javax.cache} are made here only.
 */
@NullMarked
package io.github.mccache.jcache;

import org.jspecify.annotations.NullMarked;
