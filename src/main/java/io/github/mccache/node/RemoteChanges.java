package io.github.mccache.node;

import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreObserver.RemoteChange;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.ApplyRule.Verdict;
import io.github.mccache.store.Slot;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the event loop does to a {@link CoherentStore}: the changes of other members, and what
 * becomes of the records as a whole when the member was away or its clock wrong.
 *
 * <p>The loop never waits for a key. A change whose key is held is applied by the thread that holds
 * the key, before it lets go; until then it <em>waits</em>, and the key is a miss for readers if
 * the change is newer than what is there. Of several that wait for one key only the newest is kept.
 *
 * <p>{@link #apply}, {@link #distrust} and {@link #startAnew} are for the thread of the event loop;
 * the rest is thread-safe.
 */
final class RemoteChanges<K, V> {

  /** A change and the way by which it came. */
  record Arrival(Change change, Path path) {

    Version version() {
      return change.version();
    }

    /** Whether it came in an answer or a transfer, not in the stream of a member. */
    boolean isOutOfStream() {
      return path != Path.LIVE;
    }

    /** Whether it makes a record of this version a miss, or may. */
    boolean outdoes(Version version) {
      return version().isAfter(version) || (path == Path.DOUBT && version().equals(version));
    }

    /** At the same version a miss is the safe end. */
    static Arrival newer(Arrival before, Arrival after) {
      int order = before.version().compareTo(after.version());
      boolean keep = order > 0 || (order == 0 && before.change.kind() == Change.Kind.INVALIDATE);
      return keep ? before : after;
    }
  }

  private final StoreState<K, V> state;

  /** What waits for the thread that holds its key. */
  private final ConcurrentHashMap<Object, Arrival> waiting = new ConcurrentHashMap<>();

  private final KeyDecoding<K, V> decoding;

  RemoteChanges(StoreState<K, V> state) {
    this.state = state;
    this.decoding = new KeyDecoding<>(state, this::apply, this::distrust);
  }

  /** Returns what decodes the keys that the event loop must not decode. */
  KeyDecoding<K, V> decoding() {
    return decoding;
  }

  // ---- one change ----

  ApplyOutcome apply(Change change, Path path) {
    try {
      return applyUnlessFailing(change, path);
    } catch (RuntimeException | Error e) {
      ApplyOutcome outcome = distrusted(change.version());
      state.counters.failedChange(e);
      return outcome;
    }
  }

  private ApplyOutcome applyUnlessFailing(Change received, Path path) {
    Change change = readable(received);
    // Even if the change is discarded or waits: later writes of this member must be above it.
    boolean ahead = !state.clock.observe(change.version().time());
    Payload encoded = change.key();
    if (encoded == null) {
      return state.clears.apply(change, ahead);
    }
    Arrival arrival = new Arrival(change, path);
    return switch (state.keyCodecs.form(encoded.codec())) {
      case PLAIN -> applyPlain(encoded, arrival, ahead);
      case OPAQUE -> decoding.keep(encoded, arrival, ahead);
      case FOREIGN -> {
        state.counters.foreignKey(encoded.codec());
        yield ApplyOutcome.UNDECODABLE_KEY;
      }
    };
  }

  private ApplyOutcome applyPlain(Payload encoded, Arrival arrival, boolean ahead) {
    Object key = state.decodePlain(encoded);
    if (key == null) {
      state.loads.breakEncoded(encoded);
      return ApplyOutcome.UNDECODABLE_KEY;
    }
    if (state.weighs) {
      return decoding.keep(encoded, arrival, ahead);
    }
    ApplyOutcome outcome = apply(key, arrival);
    return outcome != null ? outcome : ahead ? ApplyOutcome.AHEAD_OF_CLOCK : ApplyOutcome.DEFERRED;
  }

  /** Applies a change, at once or when its key is let go: then the outcome is null. */
  private @Nullable ApplyOutcome apply(Object key, Arrival arrival) {
    state.loads.breakLoads(key);
    if (joinWaiting(key, arrival)) {
      return null;
    }
    Delivery delivery = new Delivery(arrival);
    state.entries.computeWhenFree(key, delivery);
    if (!delivery.done) {
      waiting.merge(key, arrival, Arrival::newer); // several threads may apply changes of a key
      if (delivery.done) { // meanwhile, and may not have seen it wait
        waiting.remove(key, arrival);
      }
    }
    Throwable failure = delivery.failure; // which the store has given to the handler of its thread
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return delivery.outcome;
  }

  /** A value without a codec is an invalidation: the key was written, its value is unknown. */
  private static Change readable(Change change) {
    Payload key = change.key();
    Payload value = change.value();
    return key != null && value != null && value.codec() == Payload.NO_CODEC
        ? Change.invalidate(change.cache(), change.version(), key)
        : change;
  }

  /** Adds to what waits for the key already; returns whether something does. */
  private boolean joinWaiting(Object key, Arrival arrival) {
    for (Arrival before = waiting.get(key); before != null; before = waiting.get(key)) {
      if (waiting.replace(key, before, Arrival.newer(before, arrival))) {
        return true;
      }
    }
    return false;
  }

  /** The step that applies a change, at once or when the key is let go. */
  private final class Delivery implements Consumer<Slot<Object, VersionedEntry>> {

    private final Arrival arrival;
    private final Payload encodedKey;
    private volatile @Nullable ApplyOutcome outcome;
    private volatile @Nullable Throwable failure;
    private volatile boolean done;

    Delivery(Arrival arrival) {
      this.arrival = arrival;
      this.encodedKey = Objects.requireNonNull(arrival.change().key());
    }

    /** A change waits until it is applied: in between, a reader would see what is older. */
    @Override
    public void accept(Slot<Object, VersionedEntry> slot) {
      Object key = slot.key();
      Arrival next = waiting.getOrDefault(key, arrival);
      while (next != null) {
        Arrival applied = next;
        try {
          outcome = applyOrFence(slot, encodedKey, applied);
        } catch (RuntimeException | Error e) {
          failure = e;
          throw e;
        } finally {
          done = true;
          next = waiting.remove(key, applied) ? null : waiting.get(key);
        }
      }
    }
  }

  private static Encoded encoded(Payload payload) {
    return new Encoded(payload.codec(), payload.bytes());
  }

  // ---- what waits ----

  /**
   * Returns the change that waits for a key, null if none does. A reader calls this before it reads
   * the entry: if no change waits any more, the entry that it reads then is not older.
   */
  @Nullable Arrival arrival(Object key) {
    return waiting.isEmpty() ? null : waiting.get(key);
  }

  /** Returns what waits for a key and is going to be known of it, null if there is nothing. */
  @Nullable Change waiting(Object key) {
    Arrival arrival = waiting.get(key);
    return arrival == null || ApplyRule.isAheadOfClock(arrival.version(), state.nowMillis())
        ? null
        : arrival.change();
  }

  /** Returns the keys for which something waits; weakly consistent. */
  Iterator<Object> waitingKeys() {
    return waiting.keySet().iterator();
  }

  // ---- with the key held ----

  private ApplyOutcome applyOrFence(
      Slot<Object, VersionedEntry> slot, Payload encodedKey, Arrival arrival) {
    try {
      state.keys.name(slot.key(), encodedKey);
      return applyTo(slot, arrival);
    } catch (RuntimeException | Error e) {
      ApplyOutcome outcome = fence(slot, arrival);
      state.counters.failedChange(e);
      return outcome;
    }
  }

  /**
   * Makes a key a miss for which a change could not be applied: the same change is taken when it
   * arrives again, and nothing older is. If even that fails, the cache trusts nothing that is as
   * old as the change.
   */
  private ApplyOutcome fence(Slot<Object, VersionedEntry> slot, Arrival arrival) {
    Version version = arrival.version();
    try {
      VersionedEntry record = slot.get();
      Mark mark = record == null ? state.marks.get(slot.key()) : null;
      if (ApplyRule.isAheadOfClock(version, state.nowMillis())) {
        dropAtOwnTime(slot);
      } else if (record != null
          ? !record.version().isAfter(version)
          : mark == null || version.isAfter(mark.version())) {
        Mark refused = new Mark(version, Mark.Kind.REFUSED, state.nowMillis(), true);
        state.leave(slot, refused.outOfStream(arrival.isOutOfStream()));
      }
      return ApplyOutcome.FAILED;
    } catch (RuntimeException | Error e) {
      return distrusted(version);
    }
  }

  /** The change of this version was lost here. */
  private ApplyOutcome distrusted(Version version) {
    boolean ahead = ApplyRule.isAheadOfClock(version, state.nowMillis());
    refuse(ahead ? state.stamp() : version);
    return ApplyOutcome.DISTRUSTED;
  }

  private ApplyOutcome applyTo(Slot<Object, VersionedEntry> slot, Arrival arrival) {
    Change change = arrival.change();
    Version version = change.version();
    Verdict verdict =
        ApplyRule.decide(change, arrival.path(), known(slot, change), situation(slot, change));
    if (verdict.takesVersion() && !state.clock.observe(version.time())) { // may have waited
      verdict = Verdict.AHEAD_OF_CLOCK;
    }
    switch (verdict) {
      case ENTRY -> take(slot, arrival);
      case TOMBSTONE -> drop(slot, arrival, Mark.Kind.TOMBSTONE, RemoteChange.REMOVED);
      case FENCE -> drop(slot, arrival, fenceOf(arrival), RemoteChange.INVALIDATED);
      case CONFLICT -> {
        state.counters.conflict();
        drop(slot, arrival, Mark.Kind.FENCE, RemoteChange.INVALIDATED);
      }
      case AHEAD_OF_CLOCK -> {
        dropAtOwnTime(slot);
        return ApplyOutcome.AHEAD_OF_CLOCK;
      }
      case STALE_HISTORY -> {
        refuse(slot, arrival, false);
        return ApplyOutcome.STALE_HISTORY;
      }
      case ABSENT_NOT_TAKEN, FULL -> {
        refuse(slot, arrival, true);
        return ApplyOutcome.DROPPED;
      }
      case OLDER -> {
        absorb(slot, version);
        return ApplyOutcome.DROPPED;
      }
      default -> {
        return ApplyOutcome.DROPPED;
      }
    }
    return ApplyOutcome.APPLIED;
  }

  /**
   * Returns how a key becomes a miss. A peer that answers a request with an invalidation has no
   * value of the version: it may have evicted it, and others may hold it. The same holds for a
   * value without room here. A live invalidation is the writer's own, and a doubt concerns the
   * value.
   */
  private Mark.Kind fenceOf(Arrival arrival) {
    boolean isNews = arrival.path() == Path.LIVE || arrival.path() == Path.DOUBT;
    boolean mayCome =
        arrival.change().kind() == Change.Kind.INVALIDATE
            || state.options.sharing() == Sharing.REPLICATE;
    return !isNews && mayCome ? Mark.Kind.REFUSED : Mark.Kind.FENCE;
  }

  /**
   * Remembers a change of an unknown key whose value is not kept, while a member may lack it: a
   * peer that requests the state of this member must receive the change, and nothing older may be
   * applied after it. Later only an older load can.
   *
   * @param trusted whether it is above the trust floor
   */
  private void refuse(Slot<Object, VersionedEntry> slot, Arrival arrival, boolean trusted) {
    Version version = arrival.version();
    Mark before = state.marks.get(slot.key());
    boolean isNews = before == null || (isRefusal(before) && version.isAfter(before.version()));
    if (slot.get() != null || !isNews || !state.clock.observe(version.time())) {
      return;
    }
    if (version.time() > state.stability.stableTime()) {
      Mark refused = new Mark(version, Mark.Kind.REFUSED, state.nowMillis(), true);
      state.marks.put(slot.key(), refused.outOfStream(arrival.isOutOfStream()));
    } else if (trusted) {
      state.lostUpTo.raise(version);
    }
  }

  private ApplyRule.Known known(Slot<Object, VersionedEntry> slot, Change change) {
    VersionedEntry record = slot.get();
    if (record != null && record.isWithdrawn() && record.version().equals(change.version())) {
      return ApplyRule.Known.NOTHING;
    }
    if (record != null) {
      return record.isExpired(state.nowMillis()) || record.isWithdrawn()
          ? ApplyRule.Known.fence(record.version())
          : ApplyRule.Known.entry(record.version(), () -> hasSameBytes(record, change));
    }
    Mark mark = state.marks.get(slot.key());
    if (mark == null || (isRefusal(mark) && saysNothingOf(mark, change.version()))) {
      return ApplyRule.Known.NOTHING;
    }
    return mark.kind() == Mark.Kind.TOMBSTONE
        ? ApplyRule.Known.tombstone(mark.version())
        : ApplyRule.Known.fence(mark.version());
  }

  private static boolean isRefusal(Mark mark) {
    return mark.kind() == Mark.Kind.REFUSED;
  }

  /**
   * Returns whether what was not taken at one time proves nothing about a change: for the same
   * there may be room by now, or more trust, and what came after it may have been forgotten.
   */
  private boolean saysNothingOf(Mark refusal, Version version) {
    return version.equals(refusal.version())
        || (version.isAfter(refusal.version()) && !version.isAfter(state.trustFloor()));
  }

  private boolean hasSameBytes(VersionedEntry record, Change change) {
    Payload value = change.value();
    if (value == null) {
      return true;
    }
    try {
      return state.form.encode(record).equals(encoded(value));
    } catch (EncodingException e) {
      state.counters.unencodableValue(e);
      return false;
    }
  }

  private ApplyRule.Situation situation(Slot<Object, VersionedEntry> slot, Change change) {
    return new ApplyRule.Situation(
        state.options.sharing() == Sharing.UPDATE,
        state.options.sharing() == Sharing.INVALIDATE,
        state.clearFloor.get(),
        state.trustFloor(),
        state.lostUpTo.get(),
        state.nowMillis(),
        () -> !slot.hasRoomFor(record(change, state.nowMillis())));
  }

  private static VersionedEntry record(Change change, long createdMillis) {
    return new VersionedEntry(
        change.version(),
        encoded(Objects.requireNonNull(change.value())),
        createdMillis,
        change.deadlineMillis(),
        change.kind() == Change.Kind.FILL);
  }

  /** A record that stays on this member must remember the older changes that it hides. */
  private void absorb(Slot<Object, VersionedEntry> slot, Version version) {
    VersionedEntry record = slot.get();
    if (record != null) {
      if (record.staysHere()) {
        record.absorb(version);
      }
      return;
    }
    Mark mark = state.marks.get(slot.key());
    if (mark != null && mark.staysHere()) {
      mark.absorb(version);
    }
  }

  private void take(Slot<Object, VersionedEntry> slot, Arrival arrival) {
    Change change = arrival.change();
    VersionedEntry before = slot.get();
    long now = state.nowMillis();
    boolean fill = change.kind() == Change.Kind.FILL;
    long created = before != null && state.isPresent(before, now) ? before.createdMillis() : now;
    VersionedEntry after = record(change, created);
    after.markSent();
    after.setOutOfStream(arrival.isOutOfStream());
    after.inheritLastRead(before);
    notifyIfExpired(slot.key(), before);
    slot.setQuietly(after);
    if (!state.isAboveClear(after)) {
      slot.remove(); // a clear in between did not find it to remove
    }
    state.marks.remove(slot.key());
    RemoteChange what = fill ? RemoteChange.LOADED : RemoteChange.WRITTEN;
    notifyRemote(slot.key(), before, after, what, change.version());
  }

  /** Makes the key a miss; if an unsent write is lost by that, its invalidation is sent. */
  private void dropAtOwnTime(Slot<Object, VersionedEntry> slot) {
    boolean unsent = state.isUnsent(slot.key());
    long token = state.uplink.enter();
    try {
      Mark fence = new Mark(state.stampAbove(slot), Mark.Kind.FENCE, state.nowMillis(), !unsent);
      drop(slot, fence, RemoteChange.INVALIDATED);
    } finally {
      state.uplink.exit(token);
    }
  }

  /** A write that was not sent is still to be, if only its version is left. */
  private void drop(
      Slot<Object, VersionedEntry> slot, Arrival arrival, Mark.Kind kind, RemoteChange what) {
    VersionedEntry before = slot.get();
    Version version = arrival.version();
    boolean unsent = before != null && !before.isSent() && before.version().equals(version);
    Mark mark = new Mark(version, kind, state.nowMillis(), !unsent);
    drop(slot, mark.outOfStream(arrival.isOutOfStream()), what);
  }

  private void drop(Slot<Object, VersionedEntry> slot, Mark mark, RemoteChange what) {
    VersionedEntry before = slot.get();
    notifyIfExpired(slot.key(), before);
    state.leave(slot, mark);
    notifyRemote(slot.key(), before, null, what, mark.version());
  }

  // ---- all records ----

  /** Drops what is at or below a version, and trusts nothing there from now on. */
  void distrust(Version upTo) {
    state.opened.raise(upTo); // first: what waits for a key is judged by it
    state.loads.breakAllLoads();
    state.encoded.distrust(upTo, state::isOwn);
    withdraw(record -> !record.version().isAfter(upTo), this::untrusted);
    state.marks.removeIf(
        mark -> mark.isSent() && !mark.version().isAfter(upTo) && !state.isOwn(mark.version()));
  }

  /** See {@link ClusteredCache#refuse}. */
  void refuse(Version upTo) {
    state.opened.raise(upTo); // first: what waits for a key is judged by it
    state.loads.breakAllLoads();
    withdraw(
        record -> !record.version().isAfter(upTo),
        record ->
            record.isSent()
                ? Mark.refused(record, state.nowMillis())
                : Mark.inPlaceOf(record, state.nowMillis()));
  }

  /** The versions of own writes remain: no other member can be asked for them. */
  private @Nullable Mark untrusted(VersionedEntry record) {
    if (!record.isSent()) {
      return Mark.inPlaceOf(record, state.nowMillis());
    }
    return state.isOwn(record.version()) ? Mark.refused(record, state.nowMillis()) : null;
  }

  /** See {@link ClusteredCache#startAnew}. */
  void startAnew(long origin, long appliedUpTo) {
    long former = state.origin();
    if (origin == former) {
      return;
    }
    state.startAnew(origin);
    Predicate<Version> owed = version -> version.origin() == former && version.time() > appliedUpTo;
    withdraw(
        record -> record.origin() != origin,
        record ->
            !record.staysHere() && (!record.isSent() || owed.test(record.version()))
                ? ofThePresent()
                : null);
    for (Iterator<Map.Entry<Object, Mark>> all = state.marks.iterator(); all.hasNext(); ) {
      Object key = all.next().getKey();
      state.entries.computeWhenFree(key, slot -> dropMark(slot, owed));
    }
    state.clears.startAnew(former, appliedUpTo);
    state.wakeIfShared();
  }

  private void dropMark(Slot<Object, VersionedEntry> slot, Predicate<Version> owed) {
    Mark mark = state.marks.get(slot.key());
    if (mark == null || slot.get() != null || state.isOwn(mark.version())) {
      return;
    }
    if (mark.isSent() && !owed.test(mark.version())) {
      state.marks.remove(slot.key());
      return;
    }
    long token = state.uplink.enter();
    try {
      state.leave(slot, ofThePresent());
    } finally {
      state.uplink.exit(token);
    }
  }

  /** A write that was stamped under the former origin while the member started anew. */
  void invalidateLate(Object key) {
    state.entries.computeWhenFree(key, this::invalidateLate);
  }

  private void invalidateLate(Slot<Object, VersionedEntry> slot) {
    VersionedEntry record = slot.get();
    Mark mark = record == null ? state.marks.get(slot.key()) : null;
    boolean late =
        record != null
            ? !record.isSent() && !state.isOwn(record.version())
            : mark != null && !mark.isSent() && !state.isOwn(mark.version());
    if (late) {
      dropAtOwnTime(slot);
    }
  }

  /** See {@link ClusteredCache#relay}. */
  void relay(long origin, long aboveTime) {
    boolean any = false;
    for (Iterator<Map.Entry<Object, VersionedEntry>> all = state.entries.iterator();
        all.hasNext(); ) {
      Map.Entry<Object, VersionedEntry> entry = all.next();
      VersionedEntry record = entry.getValue();
      if (record.isOutOfStream() && record.origin() == origin && record.time() > aboveTime) {
        record.setOutOfStream(false);
        state.dirty.add(entry.getKey());
        any = true;
      }
    }
    for (Iterator<Map.Entry<Object, Mark>> all = state.marks.iterator(); all.hasNext(); ) {
      Map.Entry<Object, Mark> entry = all.next();
      Mark mark = entry.getValue();
      if (mark.isOutOfStream()
          && mark.version().origin() == origin
          && mark.version().time() > aboveTime) {
        mark.outOfStream(false);
        state.dirty.add(entry.getKey());
        any = true;
      }
    }
    if (any) {
      state.wakeIfShared();
    }
  }

  /** An invalidation of the present time, which is still to be sent. */
  private Mark ofThePresent() {
    return new Mark(state.stamp(), Mark.Kind.FENCE, state.nowMillis(), false);
  }

  /**
   * Removes entries; readers miss them at once, also where the key is held.
   *
   * @param left makes the mark that one leaves, null for none
   */
  private void withdraw(
      Predicate<VersionedEntry> goes, Function<VersionedEntry, @Nullable Mark> left) {
    for (Iterator<Map.Entry<Object, VersionedEntry>> all = state.entries.iterator();
        all.hasNext(); ) {
      Map.Entry<Object, VersionedEntry> entry = all.next();
      if (goes.test(entry.getValue())) {
        entry.getValue().withdraw();
        state.entries.computeWhenFree(entry.getKey(), slot -> remove(slot, goes, left));
      }
    }
  }

  private void remove(
      Slot<Object, VersionedEntry> slot,
      Predicate<VersionedEntry> goes,
      Function<VersionedEntry, @Nullable Mark> left) {
    VersionedEntry record = slot.get();
    if (record == null || !goes.test(record)) {
      return;
    }
    Mark mark = left.apply(record);
    if (mark == null) {
      slot.remove();
    } else {
      long token = state.uplink.enter();
      try {
        state.leave(slot, mark);
      } finally {
        state.uplink.exit(token);
      }
    }
    notifyRemote(slot.key(), record, null, RemoteChange.INVALIDATED, record.version());
  }

  // ---- events ----

  /** Reports an entry that a remote change has found past its deadline. */
  private void notifyIfExpired(Object key, @Nullable VersionedEntry before) {
    if (before != null
        && state.isAboveClear(before)
        && !before.isWithdrawn()
        && before.isExpired(state.nowMillis())) {
      state.observer.onExpired(state.keys.open(key), before);
    }
  }

  private void notifyRemote(
      Object key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      RemoteChange what,
      Version version) {
    VersionedEntry alive = before != null && isLiveAt(before, version) ? before : null;
    if (alive != null || after != null) {
      state.observer.onRemoteChange(
          state.keys.open(key), alive, after, what, ChangeVersion.of(version));
    }
  }

  /**
   * Whether an entry could be seen until just now: a removeAll has raised the floor above it
   * already.
   */
  private boolean isLiveAt(VersionedEntry record, Version version) {
    boolean expired = record.isExpired(state.nowMillis());
    return !expired && (state.isAboveClear(record) || state.clearFloor.get().equals(version));
  }
}
