package io.github.mccache.config;

import java.time.Duration;
import java.util.List;

/**
 * How a member finds and talks to the others. Immutable; its text shows no key.
 *
 * @param enabled whether there is a network at all
 * @param name the name of the cluster, never empty
 * @param appVersion the version of the application, empty if it does not matter
 * @param transport what carries the datagrams
 * @param interfaceName {@code loopback}, the name of an interface or an address, not yet resolved
 * @param keys the first seals, all open; empty if nothing is sealed
 * @param insecure whether the user wrote that clear text beyond loopback is wanted
 * @param multicast where a cluster over multicast meets
 * @param mesh who speaks in a cluster over unicast
 * @param mtu the largest UDP payload in bytes, 576 to 65507
 * @param scrubInterval how often contents are compared, above zero
 * @param minimumMembers below how many members, this one included, health turns down; 1 or more
 * @param expectedMembers how many members are expected, this one included; with more than 1, one
 *     that receives no other is isolated
 */
public record ClusterSettings(
    boolean enabled,
    String name,
    String appVersion,
    TransportKind transport,
    String interfaceName,
    List<SealingKey> keys,
    boolean insecure,
    MulticastSettings multicast,
    MeshSettings mesh,
    int mtu,
    Duration scrubInterval,
    int minimumMembers,
    int expectedMembers) {

  /** Takes a copy of the list. */
  public ClusterSettings {
    keys = List.copyOf(keys);
  }
}
