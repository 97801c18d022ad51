package io.github.mccache.jcache;

import io.github.mccache.api.MemberMXBean;
import io.github.mccache.node.Node;
import java.util.List;
import java.util.Map;

/** A member's figures. Thread-safe. */
final class MemberBean implements MemberMXBean {

  private final Node node;

  MemberBean(Node node) {
    this.node = node;
  }

  @Override
  public String getNodeName() {
    return node.name();
  }

  @Override
  public String getIncarnation() {
    return node.incarnation();
  }

  @Override
  public List<String> getMembers() {
    return node.describeMembers();
  }

  @Override
  public int getAliveMembers() {
    return node.aliveMembers();
  }

  @Override
  public long getDatagramsSent() {
    return node.statistics().datagramsSent();
  }

  @Override
  public long getBytesSent() {
    return node.statistics().bytesSent();
  }

  @Override
  public long getDatagramsReceived() {
    return node.statistics().datagramsReceived();
  }

  @Override
  public long getBytesReceived() {
    return node.statistics().bytesReceived();
  }

  @Override
  public Map<String, Long> getRefusedDatagrams() {
    return node.statistics().refusedByName();
  }

  @Override
  public long getInboxDrops() {
    return node.statistics().inboxDrops();
  }

  @Override
  public long getAnswersWithheld() {
    return node.statistics().answersWithheld();
  }

  @Override
  public long getChangesSent() {
    return node.statistics().changesSent();
  }

  @Override
  public long getChangesReceived() {
    return node.statistics().changesReceived();
  }

  @Override
  public Map<String, Long> getAppliedChanges() {
    return node.statistics().appliedByName();
  }

  @Override
  public long getUnknownCacheChanges() {
    return node.statistics().unknownCaches();
  }

  @Override
  public long getStalenessMillis() {
    return node.staleMillis();
  }

  @Override
  public boolean isIsolated() {
    return node.isIsolated();
  }

  @Override
  public boolean isFailed() {
    return node.hasFailed();
  }

  @Override
  public boolean isJoined() {
    return node.isJoined();
  }

  @Override
  public Map<String, Long> getProtocolCounts() {
    return node.statistics().protocolByName();
  }
}
