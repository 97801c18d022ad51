package io.github.mccache.api;

import java.util.List;
import java.util.Map;

/**
 * One member of a cluster as a management bean, {@code io.github.mccache:type=Member,…}: there
 * while its manager has a clustered cache open. Counters begin at the member's start and only go
 * up. Thread-safe.
 */
public interface MemberMXBean {

  /** Returns the label of this member. */
  String getNodeName();

  /** Returns the identity that this member drew when it started, 32 hexadecimal digits. */
  String getIncarnation();

  /**
   * Returns the other members, each as its label, its incarnation and its state, such as {@code
   * ALIVE}; one for which nothing waits is marked as {@code acknowledges nothing}.
   */
  List<String> getMembers();

  /** Returns how many other members are believed to be alive. */
  int getAliveMembers();

  /** Returns how many datagrams were sent. */
  long getDatagramsSent();

  /** Returns how many bytes of UDP payload were sent. */
  long getBytesSent();

  /** Returns how many datagrams came in, also those that were refused or are this member's own. */
  long getDatagramsReceived();

  /** Returns how many bytes of UDP payload came in. */
  long getBytesReceived();

  /**
   * Returns how many datagrams were not read, by reason; {@code OWN} counts those that came back to
   * their sender.
   */
  Map<String, Long> getRefusedDatagrams();

  /** Returns how many datagrams were dropped because they came faster than they were read. */
  long getInboxDrops();

  /**
   * Returns how many datagrams were not sent because their address had not answered, and more than
   * three times what came from it would have gone there.
   */
  long getAnswersWithheld();

  /** Returns how many changes were sent. */
  long getChangesSent();

  /** Returns how many changes came in. */
  long getChangesReceived();

  /** Returns what became of the changes that came in, by outcome. */
  Map<String, Long> getAppliedChanges();

  /** Returns how many changes came in for caches that are not open here. */
  long getUnknownCacheChanges();

  /**
   * Returns how old the oldest change can be that another member has made and this one has not
   * seen, in milliseconds: no read here is staler than that. 0 where there is no other member,
   * {@link Long#MAX_VALUE} until this one has {@linkplain #isJoined joined}, and while it is
   * unknown: of another member nothing has been received that says how far it is. Some hundred
   * milliseconds are usual, for a member that says nothing could have something to say; more than a
   * few seconds deserve an alarm.
   */
  long getStalenessMillis();

  /**
   * Returns whether this member knows of others and receives none of them, or has received nobody
   * for 10 s though {@code mccache.cluster.expected-members} says that there are others.
   */
  boolean isIsolated();

  /**
   * Returns whether this member has ended because of an Error, such as want of memory: it neither
   * sends nor receives, and its caches serve nothing, until the manager is closed and opened again.
   */
  boolean isFailed();

  /** Returns whether this member has what it takes over from others when it starts. */
  boolean isJoined();

  /** Returns what the protocol counts: gaps, repairs, transfers and the like, by name. */
  Map<String, Long> getProtocolCounts();
}
