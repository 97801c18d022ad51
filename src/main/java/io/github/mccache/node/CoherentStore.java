package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreObserver.RemoteChange;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.store.LruStore;
import io.github.mccache.store.Slot;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
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

  /** The least number of tombstones and fences that are kept, whatever the bound on entries. */
  private static final int LEAST_MAXIMUM_MARKS = 10_000;

  private static final int MOST_MAXIMUM_MARKS = 1_000_000;

  private final StoreOptions<K, V> options;
  private final long id;
  private final boolean shared;
  private final MemberClock clock;
  private final long origin;
  private final StoreObserver<K> observer;
  private final Uplink uplink;
  private final Codecs codecs;
  private final ValueForm<V> form;
  private final LruStore<K, VersionedEntry> store;
  private final Marks<K> marks;
  private final LoadGuard loads = new LoadGuard();
  private final DirtyKeys<K> dirty = new DirtyKeys<>();
  private final StoreCounters counters;
  private final ChangeMaker<V> changes;

  /** Remote changes that wait for the thread that holds their key: the newest of each key. */
  private final ConcurrentHashMap<K, Arrival> waiting = new ConcurrentHashMap<>();

  private final Floor clearFloor = new Floor();
  private final AtomicInteger clearsUnderWay = new AtomicInteger();
  private final AtomicReference<@Nullable Change> clearToSend = new AtomicReference<>();

  /**
   * Makes an empty store.
   *
   * @param options what it is made of
   * @param clock of the member
   * @param origin the first 64 bits of the member's incarnation
   * @param observer hears of what others do
   * @param uplink is told of changes to send; of no use to a cache that is local
   */
  public CoherentStore(
      StoreOptions<K, V> options,
      MemberClock clock,
      long origin,
      StoreObserver<K> observer,
      Uplink uplink) {
    this.options = options;
    this.id = CacheId.of(options.name());
    this.shared = options.sharing() != Sharing.LOCAL;
    this.clock = clock;
    this.origin = origin;
    this.observer = observer;
    this.uplink = uplink;
    this.codecs = options.codecs();
    this.form = new ValueForm<>(codecs, options.byValue());
    this.counters = new StoreCounters(options.name());
    this.changes = new ChangeMaker<>(id, options, form, counters);
    this.store = new LruStore<>(new EntryBounds<>(options, form, counters).all(), this::evicted);
    this.marks =
        new Marks<>(
            (int)
                Math.max(
                    LEAST_MAXIMUM_MARKS,
                    Math.min(MOST_MAXIMUM_MARKS, options.maximumEntries().orElse(0))));
  }

  // ---- what the owner of the cache does ----

  /** Returns the time by which entries expire, in milliseconds since the epoch. */
  public long nowMillis() {
    return clock.millis();
  }

  /** Returns what this store counts besides its operations. */
  public StoreCounters counters() {
    return counters;
  }

  /** Returns the entry of a key as one that was used, null when there is none that is alive. */
  public @Nullable VersionedEntry find(K key, long nowMillis) {
    VersionedEntry record = store.get(key);
    return record != null && isLive(record, nowMillis) ? record : null;
  }

  /** As {@link #find}, without any effect on what is evicted next. */
  public @Nullable VersionedEntry peek(K key, long nowMillis) {
    VersionedEntry record = store.peek(key);
    return record != null && isLive(record, nowMillis) ? record : null;
  }

  /**
   * Returns whether an entry of this key is here that is past its deadline and waits for its
   * expiry.
   */
  public boolean isDue(K key, long nowMillis) {
    VersionedEntry record = store.peek(key);
    return record != null && record.isExpired(nowMillis) && isAboveClear(record);
  }

  /**
   * Returns the value of an entry, as a copy where the caller could change it; null when it cannot
   * be decoded, in which case the entry becomes a miss.
   */
  public @Nullable V value(K key, VersionedEntry record) {
    try {
      return form.open(record);
    } catch (DecodingException e) {
      counters.undecodable(e);
      store.computeWhenFree(
          key,
          slot -> {
            if (slot.get() == record) {
              leaveFence(slot.key(), record, nowMillis());
              slot.remove();
            }
          });
      return null;
    }
  }

  /**
   * Returns the form in which a value is to be written, a copy where the caller could change the
   * original.
   *
   * @throws EncodingException when a copy is needed and cannot be made
   */
  public Object hold(V value) {
    return form.hold(value);
  }

  /**
   * Returns a key that may be kept, a copy where the caller could change the original.
   *
   * @throws EncodingException when a copy is needed and cannot be made
   */
  @SuppressWarnings("unchecked") // the copy is of the same class
  public K ownKey(K key) {
    return options.byValue() && !codecs.isImmutable(key) ? (K) codecs.copy(key) : key;
  }

  /**
   * Runs a step that has the key to itself, and returns what it returns. What it throws is passed
   * on; what it wrote before stays.
   *
   * @param key one that may be kept, see {@link #ownKey}
   */
  public <R extends @Nullable Object> R compute(K key, Function<KeyState<K, V>, R> step) {
    return store.compute(key, slot -> step.apply(new KeyState<>(this, slot)));
  }

  /**
   * As {@link #compute}, but never waits: a key that is held is seen to by the thread that holds
   * it, before it lets go.
   */
  public void whenFree(K key, Consumer<KeyState<K, V>> step) {
    store.computeWhenFree(key, slot -> step.accept(new KeyState<>(this, slot)));
  }

  /** Runs an action that has all these keys to itself. */
  public <R extends @Nullable Object> R withKeys(Collection<? extends K> keys, Supplier<R> action) {
    return store.withKeys(keys, action);
  }

  /**
   * Returns the keys of the entries, each as it is reached; weakly consistent. Some entries may be
   * expired.
   */
  public Iterator<Map.Entry<K, VersionedEntry>> iterator() {
    return store.iterator();
  }

  /** Returns the number of entries, some of which may be expired. */
  public long size() {
    return store.size();
  }

  /** Returns whether an entry is to be seen: after the last clear and before its deadline. */
  public boolean isLive(VersionedEntry record, long nowMillis) {
    return !record.isExpired(nowMillis) && isAboveClear(record);
  }

  private boolean isAboveClear(VersionedEntry record) {
    Version floor = clearFloor.get();
    return record.time() > floor.time()
        || (record.time() == floor.time() && record.version().isAfter(floor));
  }

  /** A change and the way by which it came. */
  private record Arrival(Change change, ApplyRule.Path path) {

    static Arrival newer(Arrival a, Arrival b) {
      return a.change.version().isAfter(b.change.version()) ? a : b;
    }
  }

  /** Takes the place of a load in history: to be called before the loader is. */
  public Load beginLoad(K key) {
    return new Load(loads.reserve(key, stamp()));
  }

  /** A load that is under way. */
  public static final class Load {

    private final LoadGuard.Reservation reservation;

    private Load(LoadGuard.Reservation reservation) {
      this.reservation = reservation;
    }
  }

  /**
   * Empties the cache here and on the other members: from now on nothing that was written before is
   * seen.
   */
  public void clear() {
    clear(Change.Kind.CLEAR, begun -> {});
  }

  /**
   * As {@link #clear}, as of the moment at which this begins; other members tell their listeners
   * what was removed.
   *
   * @param removal removes what it finds at or below the version of that moment; if it throws,
   *     nothing is cleared
   */
  public void removeAll(Consumer<ChangeVersion> removal) {
    clear(Change.Kind.REMOVE_ALL, removal);
  }

  private void clear(Change.Kind kind, Consumer<ChangeVersion> removal) {
    clearsUnderWay.incrementAndGet(); // before the version is stamped: see isOvertakenByClear
    long token = uplink.enter();
    try {
      Version version = stamp();
      removal.accept(ChangeVersion.of(version));
      clearFloor.raise(version);
      if (shared) {
        Change change = new Change(id, kind, version, null, null, Change.ETERNAL);
        clearToSend.accumulateAndGet(change, CoherentStore::newer);
      }
    } finally {
      clearsUnderWay.decrementAndGet();
      uplink.exit(token);
      wakeIfShared();
    }
    sweepCleared(null, false);
  }

  private static Change newer(@Nullable Change a, @Nullable Change b) {
    if (a == null || b == null) {
      return Objects.requireNonNull(a == null ? b : a);
    }
    return a.version().isAfter(b.version()) ? a : b;
  }

  /**
   * Removes what the floor has made invisible; never waits for a key.
   *
   * @param alone whether this floor is here only, so that others must hear of unsent writes
   */
  private void sweepCleared(@Nullable Change removeAll, boolean alone) {
    for (Iterator<Map.Entry<K, VersionedEntry>> all = store.iterator(); all.hasNext(); ) {
      Map.Entry<K, VersionedEntry> entry = all.next();
      if (!isAboveClear(entry.getValue())) {
        store.computeWhenFree(entry.getKey(), slot -> dropCleared(slot, removeAll, alone));
      }
    }
  }

  private void dropCleared(
      Slot<K, VersionedEntry> slot, @Nullable Change removeAll, boolean alone) {
    VersionedEntry record = slot.get();
    if (record != null && !isAboveClear(record)) {
      if (alone && !record.isSent()) {
        marks.put(slot.key(), new Mark(record.version(), Mark.Kind.FENCE, nowMillis(), false));
        dirty.add(slot.key());
      }
      slot.remove();
      if (removeAll != null && !record.isExpired(nowMillis())) {
        notifyRemote(slot.key(), record, null, RemoteChange.REMOVED, removeAll.version());
      }
    }
  }

  /** Returns the sum over all entries of a hash of the encoded key and value, and their number. */
  public Checksum checksum() {
    Checksum checksum = new Checksum();
    long now = nowMillis();
    for (Iterator<Map.Entry<K, VersionedEntry>> all = store.iterator(); all.hasNext(); ) {
      Map.Entry<K, VersionedEntry> entry = all.next();
      if (isLive(entry.getValue(), now)) {
        checksum.add(codecs.encode(entry.getKey()), form.encode(entry.getValue()));
      }
    }
    return checksum;
  }

  /** Returns what is remembered of a key that has no entry, null if there is nothing. */
  @Nullable Mark mark(K key) {
    return marks.get(key);
  }

  /** Returns the number of marks. */
  int marks() {
    return marks.size();
  }

  /** Returns the number of keys that changed and have yet to be sent. */
  int dirtyKeys() {
    return dirty.size();
  }

  // ---- within the step of a key, for KeyState ----

  MemberClock clock() {
    return clock;
  }

  Version stamp() {
    return new Version(clock.next(), origin);
  }

  /**
   * Returns whether an entry that a step has read was cleared before the step wrote; to be asked
   * when the write has its version, which may be above the clear's. While a clear is stamped and
   * has yet to take effect, the answer is yes.
   */
  boolean isOvertakenByClear(VersionedEntry read) {
    return clearsUnderWay.get() > 0 || !isAboveClear(read);
  }

  /** Publishes a local write, with its version stamped now. */
  VersionedEntry publish(Slot<K, VersionedEntry> slot, Object held, Deadline deadline) {
    long token = uplink.enter();
    try {
      Version version = stamp();
      VersionedEntry before = slot.get();
      long created =
          before != null && isLive(before, nowMillis()) ? before.createdMillis() : version.millis();
      VersionedEntry record =
          new VersionedEntry(version, held, created, deadline.of(version, before), false);
      publish(slot, record, shared);
      return record;
    } finally {
      uplink.exit(token);
      wakeIfShared();
    }
  }

  /**
   * Publishes what was loaded, unless something newer is known by now. Returns null if it was not
   * taken.
   */
  @Nullable VersionedEntry publishLoad(
      Slot<K, VersionedEntry> slot, Object held, Deadline deadline, Load load) {
    LoadGuard.Reservation reservation = load.reservation;
    Version version = reservation.version();
    if (!loads.isUnbroken(slot.key(), reservation)
        || nowMillis() - version.millis() >= Marks.RETENTION_MILLIS
        || isKnownSince(slot, version)) {
      return null;
    }
    long token = uplink.enter();
    try {
      VersionedEntry record =
          new VersionedEntry(version, held, nowMillis(), deadline.of(version, slot.get()), true);
      publish(slot, record, options.sharing() == Sharing.REPLICATE || isUnsent(slot));
      return record;
    } finally {
      uplink.exit(token);
      wakeIfShared();
    }
  }

  /**
   * Whether what a load replaces has not been sent: then the load must be, or others never hear of
   * a change.
   */
  private boolean isUnsent(Slot<K, VersionedEntry> slot) {
    VersionedEntry record = slot.get();
    Mark mark = marks.get(slot.key());
    return (record != null && !record.isSent()) || (mark != null && !mark.isSent());
  }

  private boolean isKnownSince(Slot<K, VersionedEntry> slot, Version version) {
    VersionedEntry record = slot.get();
    Mark mark = marks.get(slot.key());
    return (record != null && record.version().isAfter(version))
        || (mark != null && mark.version().isAfter(version))
        || (record == null && mark == null && marks.forgottenUpTo().isAfter(version))
        || clearFloor.get().isAfter(version);
  }

  private void publish(Slot<K, VersionedEntry> slot, VersionedEntry record, boolean send) {
    inheritLastRead(record, slot.get());
    if (!send) {
      record.markSent();
    }
    slot.set(record);
    dropIfCleared(slot, record);
    marks.remove(slot.key());
    if (send) {
      dirty.add(slot.key());
    }
  }

  /** When a key was last read does not depend on which of its versions it was. */
  private static void inheritLastRead(VersionedEntry after, @Nullable VersionedEntry before) {
    if (before != null) {
      after.setLastReadMillis(before.lastReadMillis());
    }
  }

  /** A clear between the stamping of a record and its publication did not find it to remove. */
  private void dropIfCleared(Slot<K, VersionedEntry> slot, VersionedEntry record) {
    if (!isAboveClear(record)) {
      slot.remove();
    }
  }

  /** Removes the key here and everywhere, also when it is absent here. */
  Version remove(Slot<K, VersionedEntry> slot) {
    return leaveMark(slot, Mark.Kind.TOMBSTONE);
  }

  /**
   * Makes the key a miss here and everywhere: it was written, with a value that expired at once.
   */
  void invalidate(Slot<K, VersionedEntry> slot) {
    leaveMark(slot, Mark.Kind.FENCE);
  }

  private Version leaveMark(Slot<K, VersionedEntry> slot, Mark.Kind kind) {
    if (!shared) {
      loads.breakLoads(slot.key());
      slot.remove();
      return stamp();
    }
    long token = uplink.enter();
    try {
      Version version = stamp();
      marks.put(slot.key(), new Mark(version, kind, nowMillis(), false));
      slot.remove();
      dirty.add(slot.key());
      return version;
    } finally {
      uplink.exit(token);
      uplink.wake();
    }
  }

  /** Lets an entry go that is past its deadline: no other member is told, each does the same. */
  void expire(Slot<K, VersionedEntry> slot, VersionedEntry record) {
    fenceIfNeeded(slot.key(), record);
    slot.remove();
  }

  private void evicted(K key, VersionedEntry record) {
    fenceIfNeeded(key, record);
    if (!isAboveClear(record)) {
      return;
    }
    if (record.isExpired(nowMillis())) {
      observer.onExpired(key, record);
    } else {
      observer.onEvicted(key, record);
    }
  }

  /**
   * Leaves a fence where an entry goes by itself: when its version has yet to be sent, since others
   * may hold what it was to replace; and while it is so young that something older may still be on
   * its way, which must not come in its place.
   */
  private void fenceIfNeeded(K key, VersionedEntry record) {
    long now = nowMillis();
    boolean young = now - record.version().millis() < Marks.RETENTION_MILLIS;
    if (shared && (young || !record.isSent())) {
      leaveFence(key, record, now);
    }
  }

  /**
   * Leaves a fence in the place of an entry. A key that is yet to be sent is marked once more: an
   * eviction takes the entry away first, and a drain in between has seen nothing of the key.
   */
  private void leaveFence(K key, VersionedEntry record, long now) {
    boolean sent = record.isSent();
    marks.put(key, new Mark(record.version(), Mark.Kind.FENCE, now, sent));
    if (!sent) {
      dirty.add(key);
      uplink.wake();
    }
  }

  private void wakeIfShared() {
    if (shared) {
      uplink.wake();
    }
  }

  // ---- what the event loop does ----

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return options.name();
  }

  @Override
  public String modeName() {
    return options.sharing().modeName();
  }

  @Override
  public Version clearFloor() {
    return clearFloor.get();
  }

  @Override
  public int drain(int maximumChanges, Consumer<Change> out) {
    int drained = 0;
    Change clear = clearToSend.getAndSet(null);
    if (clear != null) {
      out.accept(clear);
      drained++;
    }
    for (K key = null; drained < maximumChanges && (key = dirty.poll()) != null; drained++) {
      Change change = toSend(key);
      if (change != null) {
        out.accept(change);
      }
    }
    marks.forgetOld(nowMillis());
    return drained;
  }

  /**
   * Returns the state of a key as this member is to tell it, null when somebody else's is newer.
   */
  private @Nullable Change toSend(K key) {
    Payload encodedKey;
    try {
      encodedKey = ChangeMaker.payload(codecs.encode(key));
    } catch (EncodingException e) {
      counters.unencodableKey(e);
      giveUpSending(key);
      return null;
    }
    VersionedEntry record = store.peek(key);
    Mark mark = record == null ? marks.get(key) : null;
    if (record == null && mark == null) {
      record = store.peek(key);
    }
    if (record != null) {
      return record.origin() == origin && !record.isSent() ? changes.of(encodedKey, record) : null;
    }
    if (mark == null || mark.isSent()) {
      return null;
    }
    mark.markSent();
    return changes.of(encodedKey, mark);
  }

  /** Nobody can be told of this key: what is kept until it is sent need not be kept. */
  private void giveUpSending(K key) {
    Mark mark = marks.get(key);
    if (mark != null) {
      mark.markSent();
    }
  }

  private static Encoded encoded(Payload payload) {
    return new Encoded(payload.codec(), payload.bytes());
  }

  @Override
  public ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path) {
    // Also of what is not kept, or waits: a write from now on is to be above what was heard.
    boolean ahead = !clock.observe(change.version().time());
    if (change.key() == null) {
      return applyClear(change, ahead);
    }
    K key = decodeKey(change.key());
    if (key == null) {
      return ApplyOutcome.UNDECODABLE_KEY;
    }
    loads.breakLoads(key);
    if (!mustQueue(key, new Arrival(change, path))) {
      return ApplyOutcome.DEFERRED;
    }
    ApplyOutcome[] outcome = {ahead ? ApplyOutcome.AHEAD_OF_CLOCK : ApplyOutcome.DEFERRED};
    store.computeWhenFree(
        key,
        slot -> {
          Arrival newest = waiting.remove(key);
          if (newest != null) {
            outcome[0] = applyTo(slot, newest);
          }
        });
    return outcome[0];
  }

  /**
   * Puts a change where the next step on its key finds it; returns whether that step has yet to be
   * asked for.
   */
  private boolean mustQueue(K key, Arrival arrival) {
    while (true) {
      Arrival before = waiting.putIfAbsent(key, arrival);
      if (before == null) {
        return true;
      }
      if (waiting.replace(key, before, Arrival.newer(before, arrival))) {
        return false;
      }
    }
  }

  @SuppressWarnings("unchecked") // checked against the key type of the cache
  private @Nullable K decodeKey(Payload payload) {
    try {
      Object key = codecs.decode(encoded(payload));
      if (options.keyType().isInstance(key)) {
        return (K) key;
      }
      counters.foreignKey(key.getClass());
    } catch (DecodingException e) {
      counters.undecodable(e);
    }
    return null;
  }

  private ApplyOutcome applyClear(Change change, boolean ahead) {
    Version version = ahead ? stamp() : change.version();
    if (!clearFloor.raise(version)) {
      return ApplyOutcome.DROPPED;
    }
    boolean own = version.origin() == origin; // heard again when the cache is opened again: no news
    if (!own) {
      loads.breakAllLoads();
    }
    sweepCleared(change.kind() == Change.Kind.REMOVE_ALL ? change : null, ahead);
    return ahead ? ApplyOutcome.AHEAD_OF_CLOCK : ApplyOutcome.APPLIED;
  }

  private ApplyOutcome applyTo(Slot<K, VersionedEntry> slot, Arrival arrival) {
    Change change = arrival.change();
    VersionedEntry record = slot.get();
    Version version = change.version();
    ApplyRule.Verdict verdict =
        ApplyRule.decide(change, arrival.path(), known(slot.key(), record, change), situation());
    if (verdict.takesVersion() && !clock.observe(version.time())) { // may have waited until now
      verdict = ApplyRule.Verdict.AHEAD_OF_CLOCK;
    }
    switch (verdict) {
      case ENTRY -> take(slot, change);
      case TOMBSTONE -> drop(slot, version, Mark.Kind.TOMBSTONE, RemoteChange.REMOVED);
      case FENCE -> drop(slot, version, Mark.Kind.FENCE, RemoteChange.INVALIDATED);
      case CONFLICT -> {
        counters.conflict();
        drop(slot, version, Mark.Kind.FENCE, RemoteChange.INVALIDATED);
      }
      case AHEAD_OF_CLOCK -> {
        dropAtOwnTime(slot);
        return ApplyOutcome.AHEAD_OF_CLOCK;
      }
      default -> {
        return ApplyOutcome.DROPPED;
      }
    }
    return ApplyOutcome.APPLIED;
  }

  private ApplyRule.Known known(K key, @Nullable VersionedEntry record, Change change) {
    if (record != null && record.isExpired(nowMillis())) {
      return ApplyRule.Known.fence(record.version());
    }
    if (record != null) {
      return ApplyRule.Known.entry(record.version(), () -> hasSameBytes(record, change));
    }
    Mark mark = marks.get(key);
    if (mark == null) {
      return ApplyRule.Known.NOTHING;
    }
    return mark.kind() == Mark.Kind.TOMBSTONE
        ? ApplyRule.Known.tombstone(mark.version())
        : ApplyRule.Known.fence(mark.version());
  }

  private boolean hasSameBytes(VersionedEntry record, Change change) {
    Payload value = change.value();
    if (value == null) {
      return true;
    }
    try {
      return form.encode(record).equals(encoded(value));
    } catch (EncodingException e) {
      counters.unencodableValue(e);
      return false;
    }
  }

  private ApplyRule.Situation situation() {
    return new ApplyRule.Situation(
        options.sharing() == Sharing.UPDATE,
        options.sharing() == Sharing.INVALIDATE,
        clearFloor.get(),
        marks.forgottenUpTo(),
        nowMillis(),
        isNearlyFull());
  }

  private boolean isNearlyFull() {
    return options.maximumEntries().isPresent()
        && store.size() * 10 >= options.maximumEntries().getAsLong() * 9;
  }

  private void take(Slot<K, VersionedEntry> slot, Change change) {
    Payload value = Objects.requireNonNull(change.value());
    VersionedEntry before = slot.get();
    long now = nowMillis();
    boolean fill = change.kind() == Change.Kind.FILL;
    VersionedEntry after =
        new VersionedEntry(
            change.version(),
            encoded(value),
            before != null && isLive(before, now) ? before.createdMillis() : now,
            change.deadlineMillis(),
            fill);
    after.markSent();
    inheritLastRead(after, before);
    notifyIfExpired(slot.key(), before);
    slot.setQuietly(after);
    dropIfCleared(slot, after);
    marks.remove(slot.key());
    RemoteChange what = fill ? RemoteChange.LOADED : RemoteChange.WRITTEN;
    notifyRemote(slot.key(), before, after, what, change.version());
  }

  /** Makes the key a miss that nobody else knows of, unless a write is lost that was not sent. */
  private void dropAtOwnTime(Slot<K, VersionedEntry> slot) {
    boolean unsent = isUnsent(slot);
    long token = uplink.enter();
    try {
      drop(slot, stamp(), Mark.Kind.FENCE, RemoteChange.INVALIDATED, !unsent);
      if (unsent) {
        dirty.add(slot.key());
      }
    } finally {
      uplink.exit(token);
    }
  }

  private void drop(
      Slot<K, VersionedEntry> slot, Version version, Mark.Kind kind, RemoteChange what) {
    drop(slot, version, kind, what, true);
  }

  private void drop(
      Slot<K, VersionedEntry> slot,
      Version version,
      Mark.Kind kind,
      RemoteChange what,
      boolean sent) {
    VersionedEntry before = slot.get();
    notifyIfExpired(slot.key(), before);
    marks.put(slot.key(), new Mark(version, kind, nowMillis(), sent));
    slot.remove();
    notifyRemote(slot.key(), before, null, what, version);
  }

  /** Tells the observer of an entry that a remote change found here past its deadline. */
  private void notifyIfExpired(K key, @Nullable VersionedEntry before) {
    if (before != null && isAboveClear(before) && before.isExpired(nowMillis())) {
      observer.onExpired(key, before);
    }
  }

  private void notifyRemote(
      K key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      RemoteChange what,
      Version version) {
    VersionedEntry alive = before != null && isLiveAt(before, version) ? before : null;
    if (alive != null || after != null) {
      observer.onRemoteChange(key, alive, after, what, ChangeVersion.of(version));
    }
  }

  /**
   * Whether an entry could be seen until just now: a removeAll has raised the floor above it
   * already.
   */
  private boolean isLiveAt(VersionedEntry record, Version version) {
    boolean expired = record.isExpired(nowMillis());
    return !expired && (isAboveClear(record) || clearFloor.get().equals(version));
  }
}
