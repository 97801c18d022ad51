package io.github.mccache.config;

/** What carries the datagrams of a cluster. */
public enum TransportKind {
  /** UDP multicast. The default. */
  MULTICAST,
  /** Unicast UDP to listed peers. */
  MESH,
  /** JGroups. */
  JGROUPS
}
