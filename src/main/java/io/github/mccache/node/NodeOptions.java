package io.github.mccache.node;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The options of a {@link Node}. Immutable except for the random source, which must be thread-safe
 * or given to one node only.
 *
 * @param nodeName its label in logs and MBeans
 * @param clusterName the configured name of the cluster
 * @param managerUri the URI that divides the clusters of this name: members of different ones
 *     exchange nothing
 * @param applicationVersion the version of the application, empty if it does not matter: members of
 *     different versions apply each other's values as invalidations
 * @param maximumDatagramBytes how long a datagram may be ({@code mccache.cluster.mtu})
 * @param scrubInterval how often contents are compared ({@code mccache.cluster.scrub-interval})
 * @param expectedMembers how many members are expected, this one included ({@code
 *     mccache.cluster.expected-members}): with more than 1, one that receives no other is isolated
 * @param random the source of its incarnations, which must differ from all others, and of the seed
 *     of a faster source that only spreads load: a {@link java.security.SecureRandom} outside of
 *     tests
 */
public record NodeOptions(
    String nodeName,
    String clusterName,
    String managerUri,
    String applicationVersion,
    int maximumDatagramBytes,
    Duration scrubInterval,
    int expectedMembers,
    RandomGenerator random) {

  /** Expects no other member. */
  public NodeOptions(
      String nodeName,
      String clusterName,
      String managerUri,
      String applicationVersion,
      int maximumDatagramBytes,
      Duration scrubInterval,
      RandomGenerator random) {
    this(
        nodeName,
        clusterName,
        managerUri,
        applicationVersion,
        maximumDatagramBytes,
        scrubInterval,
        1,
        random);
  }
}
