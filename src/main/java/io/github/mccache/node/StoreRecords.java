package io.github.mccache.node;

import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Records;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records that a {@link CoherentStore} sends: each change of this member once, and the state of
 * a key when a peer requests it.
 *
 * <p>A load of the modes {@code update} and {@code invalidate} stays on this member: its version
 * must not win over the entries of others. In its place the highest version that it replaced is
 * sent, as an invalidation, because peers may have missed that.
 *
 * <p>For the thread of the event loop. No method waits for a key or holds more than one record at a
 * time.
 */
final class StoreRecords<K, V> {

  private final StoreState<K, V> state;
  private final RemoteChanges<K, V> remote;
  private final ChangeMaker<V> changes;

  /** The clear of another member that was sent last. */
  private Version floorSent = Version.NONE; // confined to the thread of the event loop

  StoreRecords(StoreState<K, V> state, RemoteChanges<K, V> remote) {
    this.state = state;
    this.remote = remote;
    this.changes = new ChangeMaker<>(state.id, state.options, state.form, state.counters);
  }

  // ---- news ----

  /** See {@link ClusteredCache#drain}. */
  int drain(int maximumChanges, Predicate<Change> out) {
    Change clear = state.clears.takeToSend();
    boolean wanted = clear == null || out.test(clear);
    int drained = clear == null ? 0 : 1;
    for (Object key = null;
        wanted && drained < maximumChanges && (key = state.dirty.poll()) != null;
        drained++) {
      Change change = toSend(key);
      wanted = change == null || out.test(change);
    }
    // A clear in the meantime has removed the changes of these keys: it stands for them.
    while (wanted && drained < maximumChanges && (clear = state.clears.takeToSend()) != null) {
      wanted = out.test(clear);
      drained++;
    }
    state.marks.forgetOld(state.nowMillis());
    state.encoded.forgetOld(state.nowMillis());
    return drained;
  }

  /**
   * Returns the state of a key that is to be sent, null if it was sent already. If another member
   * has overwritten an own write before that was sent, the newer state is sent in its place: a
   * writer that waits for acknowledgements must not find anything older anywhere.
   */
  private @Nullable Change toSend(Object key) {
    Payload encodedKey;
    try {
      encodedKey = state.keys.encode(key);
    } catch (EncodingException e) {
      state.counters.unencodableKey(e);
      state.marks.markSent(state.marks.get(key)); // it cannot be sent: it need not be kept
      return null;
    }
    name(encodedKey, key);
    VersionedEntry record = state.entries.peek(key);
    Mark mark = record == null ? state.marks.get(key) : null;
    if (record == null && mark == null) {
      record = state.entries.peek(key);
    }
    if (record != null) {
      if (!record.isSent() && !state.isOwn(record.version())) {
        remote.invalidateLate(key); // and then it comes here again
        return null;
      }
      if (record.origin() != state.origin()) {
        return state(key, encodedKey, true);
      }
      return record.isSent() ? null : changes.news(encodedKey, record);
    }
    if (mark == null) {
      return clearInPlace();
    }
    if (!mark.isSent() && !state.isOwn(mark.version())) {
      remote.invalidateLate(key);
      return null;
    }
    if (mark.isSent() && mark.version().origin() == state.origin()) {
      return null;
    }
    state.marks.markSent(mark);
    return changes.of(encodedKey, mark);
  }

  /** Remembers a key that this thread must not decode when members request it. */
  private void name(Payload encodedKey, Object key) {
    if (state.isOpaque(encodedKey)) {
      state.names.put(encodedKey, key);
      if (state.names.isUntidy()) {
        remote.decoding().schedule();
      }
    }
  }

  /**
   * The clear of another member has removed an own write that was not sent: it is sent in its
   * place, once, as any state that overtook a write is.
   */
  private @Nullable Change clearInPlace() {
    Version floor = state.clearFloor.get();
    if (state.isOwn(floor) || floor.equals(floorSent) || floor.equals(Version.NONE)) {
      return null;
    }
    floorSent = floor;
    return Change.clear(state.id, floor);
  }

  // ---- answers ----

  /** See {@link ClusteredCache#current}. */
  @Nullable Change current(Payload key) {
    return find(key, true);
  }

  /** See {@link ClusteredCache#version}. */
  @Nullable Version version(Payload key) {
    Change change = find(key, false);
    return change == null ? null : change.version();
  }

  private @Nullable Change find(Payload key, boolean withValue) {
    Change encoded = visible(encoded(key)); // first: once applied it is in what is looked at next
    Change record = stateIfKnown(state.known(key), key, withValue);
    boolean newer =
        encoded != null && (record == null || encoded.version().isAfter(record.version()));
    return newer ? encoded : record;
  }

  private @Nullable Change encoded(Payload key) {
    return state.encoded.isEmpty() ? null : state.encoded.toSend(key, state.nowMillis());
  }

  private @Nullable Change stateIfKnown(
      @Nullable Object key, Payload encodedKey, boolean withValue) {
    return key == null ? null : state(key, encodedKey, withValue);
  }

  /** See {@link ClusteredCache#lacks}. */
  boolean lacks(Payload key, Version version) {
    if (state.options.sharing() != Sharing.REPLICATE) {
      return false;
    }
    boolean unknown =
        switch (state.keyCodecs.form(key.codec())) {
          case PLAIN -> encoded(key) == null && isUnknown(state.decodePlain(key), version);
          case OPAQUE ->
              encoded(key) == null
                  && (state.names.get(key) == null || isUnknown(state.names.get(key), version));
          case FOREIGN -> false;
        };
    OptionalLong maximum = state.options.maximumEntries();
    boolean room = maximum.isEmpty() || state.entries.size() < maximum.getAsLong();
    return unknown
        && room
        && version.isAfter(state.clearFloor.get())
        && version.isAfter(state.trustFloor())
        && version.isAfter(state.lostUpTo.get());
  }

  /** Returns whether nothing of a key speaks against a value of this version. */
  private boolean isUnknown(@Nullable Object key, Version version) {
    if (key == null || state.entries.peek(key) != null || remote.arrival(key) != null) {
      return false;
    }
    Mark mark = state.marks.get(key);
    return mark == null || (mark.kind() == Mark.Kind.REFUSED && !mark.version().isAfter(version));
  }

  /** Returns the state of a key as it is sent, null if there is none. */
  private @Nullable Change state(Object key, Payload encodedKey, boolean withValue) {
    Change arrival = remote.waiting(key); // first: once applied it is in the record read next
    VersionedEntry record = state.entries.peek(key);
    Mark mark = record == null ? state.marks.get(key) : null;
    if (record == null && mark == null) {
      record = state.entries.peek(key); // it came in between
    }
    Change held =
        record != null
            ? state(encodedKey, record, withValue)
            : mark != null ? changes.of(encodedKey, mark) : null;
    return visible(newer(encodedKey, held, arrival, record, mark));
  }

  private @Nullable Change newer(
      Payload encodedKey,
      @Nullable Change held,
      @Nullable Change arrival,
      @Nullable VersionedEntry record,
      @Nullable Mark mark) {
    if (arrival == null || (held != null && !arrival.version().isAfter(held.version()))) {
      return held;
    }
    Version known = record != null ? record.version() : mark != null ? mark.version() : null;
    if (known == null) {
      return arrival.version().isAfter(state.trustFloor()) ? arrival : null;
    }
    // Below a load that stays here: it is going to be absorbed, see RemoteChanges.
    return arrival.version().isAfter(known)
        ? arrival
        : changes.invalidation(encodedKey, arrival.version());
  }

  private @Nullable Change state(Payload encodedKey, VersionedEntry record, boolean withValue) {
    return isOver(record) || !withValue
        ? changes.invalidation(encodedKey, record.sharedVersion())
        : changes.of(encodedKey, record);
  }

  /** Returns whether the entry counts as a fence: its life is over, or it is about to go. */
  private boolean isOver(VersionedEntry record) {
    long now = state.nowMillis();
    return record.isExpired(now) || record.sharedDeadlineMillis() <= now || record.isWithdrawn();
  }

  private @Nullable Change visible(@Nullable Change change) {
    return change != null && change.version().isAfter(state.clearFloor.get()) ? change : null;
  }

  // ---- all records ----

  /**
   * See {@link ClusteredCache#records}: entries before marks, because an entry that goes leaves a
   * mark, and first of all what is still encoded and the keys for which something waits, because
   * that becomes one or the other. So a key may be returned more than once.
   */
  Iterator<@Nullable Change> records(Records.Wanted wanted) {
    Iterator<Supplier<Iterator<Object>>> sources =
        List.<Supplier<Iterator<Object>>>of(
                remote::waitingKeys,
                () -> keys(state.entries.iterator()),
                () -> keys(state.marks.iterator()))
            .iterator();
    Iterator<Change> encoded =
        state
            .encoded
            .toSend(state::nowMillis)
            .filter(change -> wanted.test(state.id, change.kind(), change.version()))
            .iterator();
    return new Scan(encoded, sources, key -> mayBeWanted(key, wanted) ? state(key, true) : null);
  }

  /** Decides before anything is encoded; a change that waits may be sent as an invalidation. */
  private boolean mayBeWanted(Object key, Records.Wanted wanted) {
    Change arrival = remote.waiting(key);
    if (arrival != null
        && (wanted.test(state.id, arrival.kind(), arrival.version())
            || wanted.test(state.id, Change.Kind.INVALIDATE, arrival.version()))) {
      return true;
    }
    VersionedEntry record = state.entries.peek(key);
    if (record != null) {
      Version shared = record.sharedVersion();
      return shared != null && wanted.test(state.id, kindOf(record), shared);
    }
    Mark mark = state.marks.get(key);
    if (mark == null) {
      return true; // it moves just now: it is read once more when it is sent
    }
    Version shared = mark.kind() == Mark.Kind.TOMBSTONE ? mark.version() : mark.sharedVersion();
    return shared != null && wanted.test(state.id, kindOf(mark), shared);
  }

  private Change.Kind kindOf(VersionedEntry record) {
    boolean withoutValue =
        isOver(record) || record.staysHere() || state.options.sharing() == Sharing.INVALIDATE;
    return withoutValue
        ? Change.Kind.INVALIDATE
        : record.isFill() ? Change.Kind.FILL : Change.Kind.PUT;
  }

  private static Change.Kind kindOf(Mark mark) {
    return mark.kind() == Mark.Kind.TOMBSTONE ? Change.Kind.REMOVE : Change.Kind.INVALIDATE;
  }

  /** See {@link ClusteredCache#entryVersions}. */
  Iterator<Change> entryVersions() {
    Scan all =
        new Scan(
            state
                .encoded
                .toSend(state::nowMillis)
                .filter(this::hasValue)
                .map(this::version)
                .iterator(),
            List.<Supplier<Iterator<Object>>>of(() -> keys(state.entries.iterator())).iterator(),
            this::entryVersion);
    return new Iterator<>() {
      private @Nullable Change next;

      @Override
      public boolean hasNext() {
        while (next == null && all.hasNext()) {
          next = all.next();
        }
        return next != null;
      }

      @Override
      public Change next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        Change change = next;
        next = null;
        return change;
      }
    };
  }

  private @Nullable Change entryVersion(Object key) {
    VersionedEntry record = state.entries.peek(key);
    boolean alive = record != null && state.isPresent(record, state.nowMillis());
    Change change = alive ? state(key, false) : null;
    return change == null ? null : version(change);
  }

  private boolean hasValue(Change change) {
    return change.value() != null;
  }

  private Change version(Change change) {
    return Change.invalidate(state.id, change.version(), Objects.requireNonNull(change.key()));
  }

  private @Nullable Change state(Object key, boolean withValue) {
    try {
      Payload encodedKey = state.keys.encode(key);
      name(encodedKey, key);
      return state(key, encodedKey, withValue);
    } catch (EncodingException e) {
      return null; // counted at the attempt to send it
    }
  }

  private static <T> Iterator<Object> keys(Iterator<Map.Entry<Object, T>> entries) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Object next() {
        return entries.next().getKey();
      }
    };
  }

  /**
   * Looks at what is still encoded, then at one key after the other, each as it is when it is
   * reached.
   */
  private final class Scan implements Iterator<@Nullable Change> {

    private final Iterator<Change> encoded;
    private final Iterator<Supplier<Iterator<Object>>> sources;
    private final Function<Object, @Nullable Change> state;
    private Iterator<Object> keys = Collections.emptyIterator();

    Scan(
        Iterator<Change> encoded,
        Iterator<Supplier<Iterator<Object>>> sources,
        Function<Object, @Nullable Change> state) {
      this.encoded = encoded;
      this.sources = sources;
      this.state = state;
    }

    @Override
    public boolean hasNext() {
      while (!keys.hasNext() && sources.hasNext() && !encoded.hasNext()) {
        keys = sources.next().get();
      }
      return encoded.hasNext() || keys.hasNext();
    }

    @Override
    public @Nullable Change next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (encoded.hasNext()) {
        return visible(encoded.next());
      }
      return state.apply(keys.next());
    }
  }
}
