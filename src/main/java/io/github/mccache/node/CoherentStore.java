package io.github.mccache.node;

import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Records;
import io.github.mccache.store.Slot;
import io.github.mccache.store.Weights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one cache with their versions: what the owner of the cache writes to, and what the
 * event loop applies the changes of other members to. Every write gets its version within the key's
 * atomic step, is published, and only then marked for sending; a reader never sees what is expired,
 * or at or below the last clear.
 *
 * <p>Thread-safe. Reads take no lock. {@link #compute} excludes other writers of the same key, and
 * of no other key. The event loop never waits for a key: what it cannot apply at once is applied by
 * the thread that holds the key, when it lets go.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class CoherentStore<K, V> implements ClusteredCache {

  private final StoreState<K, V> state;
  private final RemoteChanges<K, V> remote;
  private final KeyDecoding<K, V> decoding;
  private final StoreRecords<K, V> records;

  /**
   * Makes an empty store.
   *
   * @param options what it is made of
   * @param clock of the member
   * @param origin the first 64 bits of the member's incarnation
   * @param observer hears of what others do
   * @param uplink is told of changes to send; of no use to a cache that is local
   * @param stability how far others have followed; {@link Stability#NONE} for a cache that is local
   */
  public CoherentStore(
      StoreOptions<K, V> options,
      MemberClock clock,
      long origin,
      StoreObserver<K> observer,
      Uplink uplink,
      Stability stability) {
    this.state = new StoreState<>(options, clock, origin, observer, uplink, stability);
    this.remote = new RemoteChanges<>(state);
    this.decoding = remote.decoding();
    this.records = new StoreRecords<>(state, remote);
  }

  // ---- what the owner of the cache does ----

  /** Returns the time by which entries expire, in milliseconds since the epoch. */
  public long nowMillis() {
    return state.nowMillis();
  }

  /** Returns what this store counts besides its operations. */
  public StoreCounters counters() {
    return state.counters;
  }

  /**
   * Returns the entry of a key as one that was used, null when there is none that is alive.
   *
   * @param key any but an array, which is found by its {@link #ownKey}
   */
  public @Nullable VersionedEntry find(K key, long nowMillis) {
    Object held = state.keys.hold(key);
    boolean unreadable = decoding.catchUp();
    RemoteChanges.Arrival arrival = remote.arrival(held); // before the entry, see there
    VersionedEntry found = readable(state.entries.get(held), arrival, nowMillis);
    return unreadable && mayBeBehind(held, found) ? find(key, nowMillis) : found;
  }

  /** As {@link #find}, without any effect on what is evicted next. */
  public @Nullable VersionedEntry peek(K key, long nowMillis) {
    Object held = state.keys.hold(key);
    boolean unreadable = decoding.catchUp();
    RemoteChanges.Arrival arrival = remote.arrival(held); // before the entry, see there
    VersionedEntry found = readable(state.entries.peek(held), arrival, nowMillis);
    return unreadable && mayBeBehind(held, found) ? peek(key, nowMillis) : found;
  }

  /**
   * Returns whether something has become readable because the caller's key names classes that were
   * not known: those of an entry that others have received are.
   */
  private boolean mayBeBehind(Object key, @Nullable VersionedEntry found) {
    return (found == null || !found.isSent()) && decoding.learnFrom(key);
  }

  private @Nullable VersionedEntry readable(
      @Nullable VersionedEntry record, RemoteChanges.@Nullable Arrival arrival, long nowMillis) {
    if (record == null || !isLive(record, nowMillis)) {
      return null;
    }
    return arrival != null && arrival.outdoes(record.version()) ? null : record;
  }

  /** Returns whether there is an entry of this key, be it to be seen or not. */
  public boolean holds(K key) {
    return state.entries.peek(state.keys.hold(key)) != null;
  }

  /**
   * Returns whether an entry of this key is here that is past its deadline and waits for its
   * expiry.
   */
  public boolean isDue(K key, long nowMillis) {
    VersionedEntry record = state.entries.peek(state.keys.hold(key));
    return record != null && record.isExpired(nowMillis) && state.isAboveClear(record);
  }

  /**
   * Returns the value of an entry, as a copy where the caller could change it; null when it cannot
   * be decoded, in which case the entry becomes a miss.
   */
  public @Nullable V value(K key, VersionedEntry record) {
    try {
      return state.form.open(record);
    } catch (DecodingException e) {
      state.counters.undecodable(e, state.isOwn(record.version()));
      state.entries.computeWhenFree(
          state.keys.hold(key),
          slot -> {
            if (slot.get() == record) {
              state.leave(slot, Mark.inPlaceOf(record, nowMillis()));
            }
          });
      return null;
    }
  }

  /**
   * Returns whether the value of an entry can be read here. An entry whose value cannot be decoded
   * is absent for every operation; it becomes a miss.
   */
  public boolean isReadable(K key, VersionedEntry record) {
    return record.isReadable() || value(key, record) != null;
  }

  /** As the other, within the step of the key. */
  boolean isReadable(Slot<Object, VersionedEntry> slot, VersionedEntry record) {
    if (record.isReadable()) {
      return true;
    }
    try {
      state.form.open(record);
      return true;
    } catch (DecodingException e) {
      state.counters.undecodable(e, state.isOwn(record.version()));
      state.leave(slot, Mark.inPlaceOf(record, nowMillis()));
      return false;
    }
  }

  /**
   * Returns the form in which a value is to be written, a copy where the caller could change the
   * original.
   *
   * @throws EncodingException when a copy is needed and cannot be made, and where values are sent
   *     when this one cannot be
   */
  public Object hold(V value) {
    return state.form.hold(value);
  }

  /**
   * As {@link #hold}, of a value that was loaded: one that cannot be sent stays on this member. It
   * is refused when it is written nevertheless.
   *
   * @throws EncodingException when a copy is needed and cannot be made
   */
  public Object holdLoaded(V value) {
    return state.form.holdLoaded(value);
  }

  /**
   * Returns a key of the application's in the form in which it is kept, a copy where the
   * application could change the original. That of an array, which equals only itself, stands for
   * its content: it has the type of keys for the compiler alone, and the application is given keys
   * by {@link #callerKey} alone.
   *
   * @throws EncodingException for an array that cannot be a key, and when a copy is needed and
   *     cannot be made
   */
  @SuppressWarnings("unchecked") // the copy is of the same class
  public K ownKey(K key) {
    return (K) state.codecs.ownKey(key, state.options.byValue());
  }

  /**
   * Returns a key as the application may have it, a copy where it could change the one that is
   * kept.
   *
   * @param key one that is kept, or another one of the application's
   * @throws EncodingException when a copy is needed and cannot be made
   */
  @SuppressWarnings("unchecked") // the copy is of the same class
  public K callerKey(K key) {
    return (K) state.codecs.callerKey(key, state.options.byValue());
  }

  /**
   * Runs a step that has the key to itself, and returns what it returns. What it throws is passed
   * on; what it wrote before stays.
   *
   * @param key one that may be kept, see {@link #ownKey}
   */
  public <R extends @Nullable Object> R compute(K key, Function<KeyState<K, V>, R> step) {
    Object held = state.keys.hold(key);
    decoding.catchUp(held);
    return state.entries.compute(held, slot -> step.apply(new KeyState<>(this, slot)));
  }

  /**
   * As {@link #compute}, but never waits: a key that is held is seen to by the thread that holds
   * it, before it lets go.
   */
  public void whenFree(K key, Consumer<KeyState<K, V>> step) {
    state.entries.computeWhenFree(
        state.keys.hold(key), slot -> step.accept(new KeyState<>(this, slot)));
  }

  /** Runs an action that has all these keys to itself. */
  public <R extends @Nullable Object> R withKeys(Collection<? extends K> keys, Supplier<R> action) {
    decoding.catchUp();
    List<Object> held = new ArrayList<>(keys.size());
    keys.forEach(key -> held.add(state.keys.hold(key)));
    return state.entries.withKeys(held, action);
  }

  /**
   * Returns the entries, each as it is reached; weakly consistent. Some may not be {@linkplain
   * #isLive alive}.
   */
  public Iterator<Map.Entry<K, VersionedEntry>> iterator() {
    decoding.catchUp();
    return new UnlessOutdone<>(state.keys, state.entries.iterator(), remote);
  }

  /** Leaves out the entries for which something newer waits. */
  private static final class UnlessOutdone<K> implements Iterator<Map.Entry<K, VersionedEntry>> {

    private final KeyForm<K> keys;
    private final Iterator<Map.Entry<Object, VersionedEntry>> all;
    private final RemoteChanges<K, ?> remote;
    private Map.@Nullable Entry<K, VersionedEntry> next;

    UnlessOutdone(
        KeyForm<K> keys,
        Iterator<Map.Entry<Object, VersionedEntry>> all,
        RemoteChanges<K, ?> remote) {
      this.keys = keys;
      this.all = all;
      this.remote = remote;
    }

    @Override
    public boolean hasNext() {
      while (next == null && all.hasNext()) {
        Map.Entry<Object, VersionedEntry> entry = all.next();
        RemoteChanges.Arrival arrival = remote.arrival(entry.getKey());
        boolean outdone = arrival != null && arrival.outdoes(entry.getValue().version());
        next = outdone ? null : Map.entry(keys.open(entry.getKey()), entry.getValue());
      }
      return next != null;
    }

    @Override
    public Map.Entry<K, VersionedEntry> next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Map.Entry<K, VersionedEntry> entry = next;
      next = null;
      return entry;
    }
  }

  /** Returns the number of entries, some of which may be expired. */
  public long size() {
    return state.entries.size();
  }

  /**
   * Returns whether an entry is to be seen: after the last clear, before its deadline, and unless
   * the cache serves only what was written here since while its member is isolated. Whether a
   * change waits for its key is not asked, see {@link #find}.
   */
  public boolean isLive(VersionedEntry record, long nowMillis) {
    return state.isPresent(record, nowMillis)
        && (!state.options.missWhenIsolated() || isServed(record));
  }

  /** What this member wrote while it is isolated is not older than what it was told. */
  private boolean isServed(VersionedEntry record) {
    return !state.stability.isIsolated()
        || (record.time() > state.stability.isolatedSince() && record.isWritten());
  }

  /**
   * Takes the place of a load in history: to be called before the loader is. The load is to be
   * {@linkplain Load#close closed}, whether its value is stored or not.
   */
  public Load beginLoad(K key) {
    Object held = state.keys.hold(key);
    decoding.catchUp(held);
    return new Load(state.loads, state.loads.reserve(held, encodedHash(held), state.stamp()));
  }

  /** Returns the hash of a key as other members send it, 0 if none does. */
  private long encodedHash(Object key) {
    if (!state.shared) {
      return 0;
    }
    try {
      Payload encoded = state.keys.encode(key);
      return LoadGuard.hashOf(encoded.codec(), encoded.bytes());
    } catch (EncodingException e) {
      return 0; // no other member can send it either
    }
  }

  /** A load in flight. Thread-safe. */
  public static final class Load implements AutoCloseable {

    private final LoadGuard<Object> guard;
    private final LoadGuard.Reservation<Object> reservation;

    private Load(LoadGuard<Object> guard, LoadGuard.Reservation<Object> reservation) {
      this.guard = guard;
      this.reservation = reservation;
    }

    /** Ends the load; from now on its value is not stored. */
    @Override
    public void close() {
      guard.release(reservation);
    }
  }

  /**
   * Empties the cache here and on the other members: from now on nothing that was written before is
   * seen.
   */
  public void clear() {
    state.clears.clear(Change.Kind.CLEAR, begun -> {});
  }

  /**
   * As {@link #clear}, as of the moment at which this begins; other members tell their listeners
   * what was removed.
   *
   * @param removal removes what it finds at or below the version of that moment; if it throws,
   *     nothing is cleared
   */
  public void removeAll(Consumer<ChangeVersion> removal) {
    state.clears.clear(Change.Kind.REMOVE_ALL, removal);
  }

  /**
   * Returns the sum of a hash of the encoded key and value over all entries that can be encoded,
   * and their number.
   */
  public Checksum checksum() {
    Checksum checksum = new Checksum();
    long now = nowMillis();
    for (Iterator<Map.Entry<K, VersionedEntry>> all = iterator(); all.hasNext(); ) {
      Map.Entry<K, VersionedEntry> entry = all.next();
      if (isLive(entry.getValue(), now)) {
        addTo(checksum, entry.getKey(), entry.getValue());
      }
    }
    return checksum;
  }

  private void addTo(Checksum checksum, K key, VersionedEntry entry) {
    try {
      checksum.add(state.codecs.encode(key), state.form.encode(entry));
    } catch (EncodingException e) {
      // Left out: this member cannot send it, so no other one has it.
    }
  }

  /** Returns what is remembered of a key that has no entry, null if there is nothing. */
  @Nullable Mark mark(K key) {
    return state.marks.get(state.keys.hold(key));
  }

  /** Returns the number of changes of other members whose keys cannot be decoded here. */
  public int unreadableKeys() {
    return state.encoded.unreadableSize();
  }

  /** Returns the number of marks. */
  int marks() {
    return state.marks.size();
  }

  /** Returns the number of keys that changed and have yet to be sent. */
  int dirtyKeys() {
    return state.dirty.size();
  }

  // ---- within the step of a key, for KeyState ----

  K key(Slot<Object, VersionedEntry> slot) {
    return state.keys.open(slot.key());
  }

  MemberClock clock() {
    return state.clock;
  }

  boolean isOvertakenByClear(VersionedEntry read) {
    return state.clears.isOvertakenByClear(read);
  }

  /** Returns whether an entry is there for the step, which may yet not be let see it. */
  boolean isPresent(VersionedEntry record, long nowMillis) {
    return state.isPresent(record, nowMillis);
  }

  /** Publishes a local write, with its version stamped now. */
  VersionedEntry publish(Slot<Object, VersionedEntry> slot, Object held, Deadline deadline) {
    PreparedValue.requireSendable(held);
    prepareKey(slot);
    Weights weights = weigh(slot, held);
    long token = state.uplink.enter();
    try {
      Version version = state.stampAbove(slot);
      VersionedEntry before = slot.get();
      long created =
          before != null && state.isPresent(before, nowMillis())
              ? before.createdMillis()
              : version.millis();
      VersionedEntry record =
          new VersionedEntry(version, held, created, deadline.of(version.millis(), before), false);
      record.markReadable();
      record.markWritten();
      publish(slot, record, weights, state.shared);
      return record;
    } finally {
      state.uplink.exit(token);
      state.wakeIfShared();
    }
  }

  /**
   * Publishes a write whose place in history is where its step began, unless something newer is
   * known by now. Returns null if it was not taken.
   *
   * <p>To other members it travels as a fill does, for it comes after what was promised to be
   * complete; see {@link ChangeMaker}. After {@link Marks#RETENTION_MILLIS} that would not be
   * believed any more, and it is a write of now.
   */
  @Nullable VersionedEntry publishSince(
      Slot<Object, VersionedEntry> slot, Object held, Deadline deadline, Load load, boolean early) {
    Version version = load.reservation.version();
    if (!early || !isRecent(version)) {
      boolean taken = state.loads.isUnbroken(load.reservation) && !isKnownSince(slot, version);
      return taken ? publish(slot, held, deadline) : null;
    }
    return publishSince(slot, held, deadline, load, state.shared, true);
  }

  private boolean isRecent(Version version) {
    return nowMillis() - version.millis() < Marks.RETENTION_MILLIS
        && version.isAfter(state.trustFloor());
  }

  /**
   * Publishes what was loaded, unless something newer is known by now. Its life begins now, and its
   * place in history is where the load began. Returns null if it was not taken.
   *
   * <p>A load that took longer than marks are kept stays on its member: others may have forgotten
   * the removal of its key. So does one whose value cannot be sent: to tell others that they have
   * to load it again would make members evict one another for ever.
   */
  @Nullable VersionedEntry publishLoad(
      Slot<Object, VersionedEntry> slot, Object held, Deadline deadline, Load load) {
    boolean told =
        state.options.sharing() == Sharing.REPLICATE
            && isRecent(load.reservation.version())
            && state.form.isSendable(held, state.options.maximumValueBytes(), state.counters);
    return publishSince(slot, held, deadline, load, told, false);
  }

  /**
   * Publishes in the place of a load.
   *
   * @param told whether other members are told of its version
   * @param written whether the application wrote it
   */
  private @Nullable VersionedEntry publishSince(
      Slot<Object, VersionedEntry> slot,
      Object held,
      Deadline deadline,
      Load load,
      boolean told,
      boolean written) {
    Version version = load.reservation.version();
    if (!state.loads.isUnbroken(load.reservation) || isKnownSince(slot, version)) {
      return null;
    }
    prepareKey(slot);
    Weights weights = weigh(slot, held);
    long token = state.uplink.enter();
    try {
      long born = Math.max(nowMillis(), version.millis());
      VersionedEntry record =
          new VersionedEntry(version, held, born, deadline.of(born, slot.get()), true);
      // What the load replaces may not have been sent: others must hear of that all the same.
      boolean unsent = state.isUnsent(slot.key());
      record.markReadable();
      if (written) {
        record.markWritten();
      }
      if (!told) {
        record.stayHere(state.sharedVersion(slot));
      }
      publish(slot, record, weights, told || unsent);
      if (!state.loads.isUnbroken(load.reservation)) { // by what is not going to wait for the key
        state.leave(slot, Mark.inPlaceOf(record, born));
        return null;
      }
      return record;
    } finally {
      load.close();
      state.uplink.exit(token);
      state.wakeIfShared();
    }
  }

  private boolean isKnownSince(Slot<Object, VersionedEntry> slot, Version version) {
    VersionedEntry record = slot.get();
    Mark mark = state.marks.get(slot.key());
    return (record != null && record.version().isAfter(version))
        || (mark != null && mark.version().isAfter(version))
        || (record == null && mark == null && state.opened.get().isAfter(version))
        || state.clearFloor.get().isAfter(version);
  }

  /**
   * Has the application's code weigh a value, if any does, before its write begins: until that
   * ends, nobody is told up to which time this member's changes are complete, in any cache.
   */
  private @Nullable Weights weigh(Slot<Object, VersionedEntry> slot, Object held) {
    return state.weighsWrites
        ? slot.weigh(new VersionedEntry(Version.NONE, held, 0, Change.ETERNAL, false))
        : null;
  }

  private void publish(
      Slot<Object, VersionedEntry> slot,
      VersionedEntry record,
      @Nullable Weights weights,
      boolean send) {
    record.inheritLastRead(slot.get());
    if (!send) {
      record.markSent();
    }
    if (weights == null) {
      slot.set(record);
    } else {
      slot.set(record, weights);
    }
    if (!state.isAboveClear(record)) {
      slot.remove(); // a clear since the record was stamped did not find it to remove
    }
    state.marks.remove(slot.key());
    if (send) {
      state.dirty.add(slot.key());
    }
  }

  /** Lets an entry go that is past its deadline: no other member is told, each does the same. */
  void expire(Slot<Object, VersionedEntry> slot, VersionedEntry record) {
    state.expire(slot, record);
  }

  /** Removes the key here and everywhere, also when it is absent here. */
  Version remove(Slot<Object, VersionedEntry> slot) {
    return leaveMark(slot, Mark.Kind.TOMBSTONE);
  }

  /**
   * Makes the key a miss here and everywhere: it was written, with a value that expired at once.
   */
  void invalidate(Slot<Object, VersionedEntry> slot) {
    leaveMark(slot, Mark.Kind.FENCE);
  }

  /** The key is about to get a record. Before the write begins, since it may take long. */
  private void prepareKey(Slot<Object, VersionedEntry> slot) {
    if (state.shared) {
      state.keys.prepare(slot.key());
    }
  }

  private Version leaveMark(Slot<Object, VersionedEntry> slot, Mark.Kind kind) {
    state.loads.breakLoads(slot.key()); // the mark may be forgotten before they end
    if (!state.shared) {
      slot.remove();
      return state.stamp();
    }
    prepareKey(slot);
    long token = state.uplink.enter();
    try {
      Version version = state.stampAbove(slot);
      state.leave(slot, new Mark(version, kind, nowMillis(), false));
      return version;
    } finally {
      state.uplink.exit(token);
    }
  }

  /** An entry was used, which moved its deadline: other members are to let it live as long. */
  public void noteUse(K key, VersionedEntry record) {
    state.touched.onUse(state.keys.hold(key), record);
  }

  /** Returns the number of entries that were used and have yet to be sent. */
  int touchedEntries() {
    return state.touched.size();
  }

  // ---- what the event loop does ----

  @Override
  public void drainTouched(int maximumEntries, Consumer<Touched> out) {
    state.touched.drain(maximumEntries, out);
  }

  @Override
  public void prolong(Touched entry) {
    state.touched.prolong(entry);
  }

  @Override
  public long id() {
    return state.id;
  }

  @Override
  public String name() {
    return state.options.name();
  }

  @Override
  public String modeName() {
    return state.options.sharing().modeName();
  }

  @Override
  public Version clearFloor() {
    return state.clearFloor.get();
  }

  @Override
  public int drain(int maximumChanges, Predicate<Change> out) {
    return records.drain(maximumChanges, out);
  }

  @Override
  public void withdraw() {
    state.clears.withdraw();
  }

  @Override
  public ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path) {
    return remote.apply(change, path);
  }

  @Override
  public @Nullable Change current(Payload key) {
    return records.current(key);
  }

  @Override
  public @Nullable Version version(Payload key) {
    return records.version(key);
  }

  @Override
  public boolean lacks(Payload key, Version version) {
    return records.lacks(key, version);
  }

  @Override
  public Iterator<@Nullable Change> records(Records.Wanted wanted) {
    return records.records(wanted);
  }

  @Override
  public Iterator<Change> entryVersions() {
    return records.entryVersions();
  }

  @Override
  public Version collected() {
    return state.marks.forgottenUpTo();
  }

  @Override
  public Version lost() {
    return state.lostUpTo.get();
  }

  @Override
  public Version floor() {
    return state.trustFloor();
  }

  @Override
  public void distrust(Version upTo) {
    remote.distrust(upTo);
  }

  @Override
  public void refuse(Version upTo) {
    remote.refuse(upTo);
  }

  @Override
  public void distrustLost() {
    state.opened.raise(state.lostUpTo.get());
  }

  @Override
  public void relay(long origin, long aboveTime) {
    remote.relay(origin, aboveTime);
  }

  @Override
  public void startAnew(long origin, long appliedUpTo) {
    remote.startAnew(origin, appliedUpTo);
  }

  @Override
  public void trustAbove(Version floor) {
    state.opened.set(floor);
  }
}
