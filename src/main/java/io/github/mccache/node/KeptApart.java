package io.github.mccache.node;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs members that have this member's cluster name but belong to another cluster, which is usually
 * a mistake of configuration. Such datagrams are easily forged: each address is logged once, at
 * most one line an hour is written, and few datagrams are read for it. {@link NodeCounters} counts
 * all of them. Thread-safe.
 */
final class KeptApart {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  static final long PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);

  /** How many datagrams are read in search of their sender's name. */
  private static final int MOST_READ = 64;

  private static final int MOST_REMEMBERED = 100;

  private final NodeOptions options;
  private final Function<ByteBuffer, @Nullable String> labelOf;
  private final LongSupplier nanos;
  private final Set<String> logged = new HashSet<>();
  private volatile long dueNanos;
  private int read;

  /**
   * Makes one that has logged nothing.
   *
   * @param labelOf reads its sender's name from a datagram, null if it holds none; never throws
   */
  KeptApart(
      NodeOptions options, Function<ByteBuffer, @Nullable String> labelOf, LongSupplier nanos) {
    this.options = options;
    this.labelOf = labelOf;
    this.nanos = nanos;
    this.dueNanos = nanos.getAsLong();
  }

  /** A datagram of the same cluster name and another cluster tag was refused. */
  void onDatagram(ByteBuffer datagram, SocketAddress source) {
    long now = nanos.getAsLong();
    if (now - dueNanos >= 0) {
      read(datagram, source, now);
    }
  }

  private synchronized void read(ByteBuffer datagram, SocketAddress source, long now) {
    String host =
        source instanceof InetSocketAddress address ? address.getHostString() : source.toString();
    if (now - dueNanos < 0 || logged.contains(host) || logged.size() >= MOST_REMEMBERED) {
      return;
    }
    String label = labelOf.apply(datagram.duplicate());
    read++;
    if (label == null && read < MOST_READ) {
      return; // its heartbeats hold it
    }
    read = 0;
    dueNanos = now + PAUSE_NANOS;
    logged.add(host);
    LOG.warn(
        "{}: member {} at {} has the cluster name {} as well, but belongs to another cluster: its"
            + " manager's URI is another urn: than that of this member, {}, or its version of"
            + " McCache is another. The two exchange nothing. Give both the same URI, or different"
            + " cluster names. Further datagrams are counted as KEPT_APART",
        options.nodeName(),
        label == null ? "without a name" : printable(label),
        printable(host),
        options.clusterName(),
        options.managerUri());
  }

  /** Received text must not break the lines of the log. */
  private static String printable(String text) {
    return text.replaceAll("[^\\p{Print}]", "?");
  }
}
