package io.github.mccache.wire;

/** Why a datagram was refused, in the order in which the reasons are looked for. */
public enum Refusal {
  /** Fewer bytes than the shortest datagram has. */
  TOO_SHORT,
  /** More bytes than UDP can carry. */
  TOO_LARGE,
  /** Another protocol's: the magic number is not there. */
  NOT_OURS,
  /** A wire version, or a flag, that this version does not read. */
  OTHER_VERSION,
  /** Another cluster's, of the same name: a manager's URI keeps the two apart. */
  KEPT_APART,
  /** Another cluster's, of another name. */
  OTHER_CLUSTER,
  /** Our own, looped back. One of this incarnation that was not sent from here is read. */
  OWN,
  /** It is sealed, and this member has no key. */
  SEALED,
  /** The prefix is not laid out as it must be, or the rest is not the protobuf that it must be. */
  MALFORMED,
  /** Well-formed, with a value that is out of its range. */
  INVALID
}
