package io.github.mccache.node;

import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Payload;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Deadlines that move when entries are used: collects those of this member that peers are to
 * receive, and applies those that peers send.
 *
 * <p>An entry is sent only if its deadline is later by {@value #STEP_MILLIS} ms than the one that
 * peers know, so that an entry in use is sent once a second at most, whichever members use it. At
 * most {@value #MAXIMUM} wait to be sent; any other entry waits for its next use.
 *
 * <p>{@link #drain} and {@link #prolong} are for the thread of the event loop, {@link #onUse} for
 * any.
 */
final class TouchedEntries<K, V> {

  static final long STEP_MILLIS = 1_000;

  private static final int MAXIMUM = 10_000;

  private final StoreState<K, V> state;
  private final boolean shares;

  /** By its encoded key: the application's code runs in the thread that uses the entry. */
  private final ConcurrentHashMap<Payload, VersionedEntry> waiting = new ConcurrentHashMap<>();

  TouchedEntries(StoreState<K, V> state) {
    this.state = state;
    this.shares =
        state.options.sharing() == Sharing.UPDATE || state.options.sharing() == Sharing.REPLICATE;
  }

  /** The deadline of an entry has moved because it was used here. */
  void onUse(Object key, VersionedEntry record) {
    long deadline = record.deadlineMillis();
    if (!shares
        || deadline < record.sharedDeadlineMillis()
        || deadline - record.sharedDeadlineMillis() < STEP_MILLIS
        || record.staysHere()
        || waiting.mappingCount() >= MAXIMUM) {
      return;
    }
    record.shareDeadline(deadline);
    try {
      waiting.put(state.keys.encode(key), record);
    } catch (EncodingException e) {
      return; // counted at the attempt to send the entry: no other member has it
    }
  }

  int size() {
    return waiting.size();
  }

  /** See {@link ClusteredCache#drainTouched}. */
  void drain(int maximumEntries, Consumer<Touched> out) {
    int left = maximumEntries;
    for (Iterator<Map.Entry<Payload, VersionedEntry>> all = waiting.entrySet().iterator();
        left > 0 && all.hasNext();
        left--) {
      Map.Entry<Payload, VersionedEntry> next = all.next();
      all.remove();
      VersionedEntry record = next.getValue();
      record.shareDeadline(record.deadlineMillis()); // it may have been used again
      out.accept(new Touched(next.getKey(), record.version(), record.sharedTtlMillis()));
    }
  }

  /** See {@link ClusteredCache#prolong}. */
  void prolong(Touched touched) {
    Object key = state.known(touched.key());
    VersionedEntry record = key == null ? null : state.entries.peek(key);
    if (record != null && isMeant(record, touched)) {
      record.prolong(touched.deadlineMillis());
    }
  }

  /** An expired entry does not come back: a reader may have missed it. */
  private boolean isMeant(VersionedEntry record, Touched touched) {
    return record.version().equals(touched.version())
        && !record.staysHere()
        && !record.isExpired(state.nowMillis());
  }
}
