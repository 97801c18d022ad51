package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.codec.KeyCodecs;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.store.LruStore;
import io.github.mccache.store.Slot;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a {@link CoherentStore} share: its entries and marks with what bounds them, the
 * floors below which nothing counts, and how an entry goes by itself. Thread-safe.
 */
final class StoreState<K, V> {

  /** The least number of tombstones and fences that are kept, whatever the bound on entries. */
  private static final int LEAST_MAXIMUM_MARKS = 10_000;

  private static final int MOST_MAXIMUM_MARKS = 1_000_000;

  /**
   * The least number of those that wait to be sent: a burst of writes through a small cache evicts
   * many entries before their turn to be sent comes.
   */
  private static final int LEAST_MAXIMUM_UNSENT = 100_000;

  final StoreOptions<K, V> options;
  final long id;
  final boolean shared;

  /**
   * Whether to take a value runs the weigher of the application, so that the event loop must not.
   */
  final boolean weighs;

  /** Whether to weigh a value that is written here may run code of the application. */
  final boolean weighsWrites;

  final MemberClock clock;
  private volatile long origin;
  final StoreObserver<K> observer;
  final Uplink uplink;
  final Stability stability;

  /** The highest version that went by itself and left no fence. */
  final Floor lostUpTo = new Floor();

  final Codecs codecs;
  final KeyCodecs keyCodecs;
  final KeyForm<K> keys;
  final ValueForm<V> form;
  final StoreCounters counters;
  final LruStore<Object, VersionedEntry> entries;
  final Marks<Object> marks;
  final EncodedChanges encoded;
  final KeyNames<Object> names;
  final DirtyKeys<Object> dirty = new DirtyKeys<>();
  final TouchedEntries<K, V> touched;
  final LoadGuard<Object> loads = new LoadGuard<>();
  final Floor clearFloor = new Floor();
  final StoreClears<K, V> clears;

  /** What came before this member knew the cache, or while it was away. */
  final Floor opened = new Floor();

  StoreState(
      StoreOptions<K, V> options,
      MemberClock clock,
      long origin,
      StoreObserver<K> observer,
      Uplink uplink,
      Stability stability) {
    this.options = options;
    this.id = CacheId.of(options.name());
    this.shared = options.sharing() != Sharing.LOCAL;
    boolean hasWeigher = options.weigher() != null && options.maximumWeight().isPresent();
    boolean sendsValues =
        options.sharing() == Sharing.UPDATE || options.sharing() == Sharing.REPLICATE;
    this.weighs = hasWeigher && sendsValues;
    this.weighsWrites =
        shared && (hasWeigher || (options.maximumBytes().isPresent() && !sendsValues));
    this.clock = clock;
    this.origin = origin;
    this.observer = observer;
    this.uplink = uplink;
    this.stability = stability;
    this.codecs = options.codecs();
    this.keyCodecs = codecs.ofKeys(options.keyType());
    this.keys = new KeyForm<>(options);
    this.form = new ValueForm<>(options);
    this.counters =
        new StoreCounters(options.name(), options.valueType() == Object.class, this::nowMillis);
    int maximumMarks =
        (int)
            Math.max(
                LEAST_MAXIMUM_MARKS,
                Math.min(MOST_MAXIMUM_MARKS, options.maximumEntries().orElse(0)));
    this.marks =
        new Marks<>(
            maximumMarks, Math.max(LEAST_MAXIMUM_UNSENT, maximumMarks), stability, counters);
    this.encoded = new EncodedChanges(options, marks, lostUpTo, stability, counters);
    this.names = new KeyNames<>(this::records, this::hasRecord);
    this.clears = new StoreClears<>(this);
    this.touched = new TouchedEntries<>(this);
    this.entries =
        new LruStore<>(new EntryBounds<>(options, keys, form, counters).all(), this::evicted);
  }

  // ---- time ----

  long nowMillis() {
    return clock.millis();
  }

  long origin() {
    return origin;
  }

  /**
   * The member starts anew under another origin: whatever this cache knew is in doubt, and it
   * trusts nothing up to the present.
   */
  void startAnew(long newOrigin) {
    origin = newOrigin;
    opened.set(new Version(clock.last(), -1));
    lostUpTo.set(Version.NONE);
    marks.restart();
    loads.breakAllLoads();
    encoded.removeIf(version -> true);
  }

  boolean isOwn(Version version) {
    return version.origin() == origin;
  }

  Version stamp() {
    return new Version(clock.next(), origin);
  }

  /** Returns a version above that of the key, whose version may be ahead of this member's clock. */
  Version stampAbove(Slot<Object, VersionedEntry> slot) {
    Version version = stamp();
    VersionedEntry record = slot.get();
    Mark mark = record == null ? marks.get(slot.key()) : null;
    long known = record != null ? record.time() : mark != null ? mark.version().time() : 0;
    if (version.time() > known) {
      return version;
    }
    clock.observe(known);
    return stamp();
  }

  // ---- what is to be seen ----

  boolean isAboveClear(VersionedEntry record) {
    Version floor = clearFloor.get();
    return record.time() > floor.time()
        || (record.time() == floor.time() && record.version().isAfter(floor));
  }

  /** Returns whether an entry is neither cleared nor withdrawn nor past its deadline. */
  boolean isPresent(VersionedEntry record, long nowMillis) {
    return !record.isExpired(nowMillis) && !record.isWithdrawn() && isAboveClear(record);
  }

  /** Returns the version at or below which the absence of a record proves nothing. */
  Version trustFloor() {
    Version forgotten = marks.forgottenUpTo();
    Version limit = opened.get();
    return limit.isAfter(forgotten) ? limit : forgotten;
  }

  private long records() {
    return entries.size() + marks.size();
  }

  private boolean hasRecord(Object key) {
    return entries.peek(key) != null || marks.get(key) != null || entries.peek(key) != null;
  }

  /** Returns whether a key has a state that others have yet to be told of. */
  boolean isUnsent(Object key) {
    VersionedEntry record = entries.peek(key);
    Mark mark = marks.get(key);
    return (record != null && !record.isSent()) || (mark != null && !mark.isSent());
  }

  // ---- keys ----

  /**
   * Returns the key of bytes that are decoded by the JDK's own code, null if they are malformed.
   */
  @Nullable Object decodePlain(Payload key) {
    try {
      return received(codecs.decode(new Encoded(key.codec(), key.bytes())), key);
    } catch (DecodingException e) {
      counters.undecodable(e, false);
      return null;
    }
  }

  /**
   * Returns the key of these bytes as far as the event loop may know it, null if it does not, or if
   * they are malformed.
   */
  @Nullable Object known(Payload key) {
    return switch (keyCodecs.form(key.codec())) {
      case PLAIN -> decodePlain(key);
      case OPAQUE -> names.get(key);
      case FOREIGN -> null;
    };
  }

  /** Returns whether there is a record of the key of these bytes, or was until a moment ago. */
  boolean isKnown(Payload encoded) {
    Object key = known(encoded);
    return key != null && (isOpaque(encoded) || hasRecord(key));
  }

  /** Returns whether the event loop must not decode a key. */
  boolean isOpaque(Payload key) {
    return keyCodecs.form(key.codec()) == KeyCodecs.Form.OPAQUE;
  }

  /**
   * Returns a key that was decoded of these bytes in the form in which it is held, null if it
   * cannot be a key of this cache.
   */
  @SuppressWarnings("unchecked") // checked, or what stands for an array that is
  @Nullable Object received(Object key, Payload encoded) {
    if (!options.keyType().isInstance(key)) {
      counters.foreignKey(key.getClass());
      return null;
    }
    try {
      return keys.hold((K) codecs.receivedKey(key, options.byValue()), encoded);
    } catch (EncodingException e) {
      counters.refusedKey(e);
      return null;
    }
  }

  // ---- how entries go ----

  /**
   * Replaces the entry of a key, if there is one, by a mark. If others are to be told, the key is
   * marked for sending last: a drain in between finds the entry, or nothing, and comes again.
   */
  void leave(Slot<Object, VersionedEntry> slot, Mark mark) {
    marks.put(slot.key(), mark);
    slot.remove();
    announce(slot.key(), mark);
  }

  private void announce(Object key, Mark mark) {
    if (mark.isSent()) {
      return;
    }
    dirty.add(key);
    uplink.wake();
    if (marks.hasTooManyUnsent()) {
      clears.overflow();
    }
  }

  /** Lets an entry go that is past its deadline: no other member is told, each does the same. */
  void expire(Slot<Object, VersionedEntry> slot, VersionedEntry record) {
    Mark fence = fenceIfNeeded(slot.key(), record);
    if (fence == null) {
      slot.remove();
    } else {
      leave(slot, fence);
    }
  }

  private void evicted(Object key, VersionedEntry record) {
    try {
      Mark fence = fenceIfNeeded(key, record);
      if (fence != null) {
        marks.put(key, fence);
        announce(key, fence);
      }
    } catch (RuntimeException | Error e) {
      opened.raise(record.version()); // in the place of a fence
      throw e;
    }
    if (!isAboveClear(record) || record.isWithdrawn()) {
      return;
    }
    if (record.isExpired(nowMillis())) {
      observer.onExpired(keys.open(key), record);
    } else {
      observer.onEvicted(keys.open(key), record);
    }
  }

  /**
   * Returns the fence that an entry which goes by itself is to leave: when its version has yet to
   * be sent, since others may hold what it was to replace; and while some member may not have
   * applied it, so that something older may still be on its way, which must not come in its place.
   * With or without one, a load that began before the entry was written may not take its place: a
   * fence may be forgotten before the load ends.
   */
  private @Nullable Mark fenceIfNeeded(Object key, VersionedEntry record) {
    loads.breakLoads(key, record.version());
    if (shared && (record.time() > stability.stableTime() || !record.isSent())) {
      return Mark.inPlaceOf(record, nowMillis());
    }
    if (shared) {
      lostUpTo.raise(record.version());
    }
    return null;
  }

  void wakeIfShared() {
    if (shared) {
      uplink.wake();
    }
  }

  /** Returns the version of what others are told of a key, null if there is nothing to tell. */
  @Nullable Version sharedVersion(Slot<Object, VersionedEntry> slot) {
    VersionedEntry record = slot.get();
    if (record != null) {
      return record.sharedVersion();
    }
    Mark mark = marks.get(slot.key());
    return mark == null ? null : mark.sharedVersion();
  }
}
