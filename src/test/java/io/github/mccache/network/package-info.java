/**
 * Members in JVMs of their own on hosts of their own, on a network that is broken on purpose.
 *
 * <p>A host is a network namespace; {@link io.github.mccache.network.Hosts} joins them by a bridge
 * in one more namespace, so that nothing of the machine itself is touched. {@link
 * io.github.mccache.network.Faults} breaks the bridge by nftables and counts what it did, so that a
 * test whose fault never happened can fail. {@link io.github.mccache.network.Members} are real
 * processes that obey {@link io.github.mccache.network.NetworkMember}'s commands; they can be
 * killed and stopped. At the end of each test all keys of all members are compared, absence too.
 *
 * <p>Needs root, {@code ip} and {@code nft}. Without them the tests are skipped and say so; where
 * the environment says {@code CI=true} they fail instead. Time here is real: the promises that are
 * tested are in seconds, and each figure is printed with its limit.
 */
package io.github.mccache.network;
