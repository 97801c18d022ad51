package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Records;
import io.github.mccache.replication.Replica;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a member has below its event loop: clock, gate, outbox and caches, for the simulation, which
 * lives in a package of its own and puts an event loop without a thread on top. Keys and values are
 * texts.
 */
public final class MemberParts {

  /** Holds nothing of a cache or a member, and is costly to make. */
  private static final Codecs CODECS =
      new Codecs(MemberParts.class.getClassLoader(), List.of(), List.of(), List.of());

  private static final long MAXIMUM_KEY_BYTES = 1_000;
  private static final long MAXIMUM_VALUE_BYTES = 1_000_000;

  private long origin;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final StampGate gate;
  private final Outbox outbox;
  private final Uplink uplink;
  private final Stability stability;
  private final Records records;

  /**
   * Makes a member without caches.
   *
   * @param origin its part of its versions
   * @param stability how far other members have followed
   * @param woken what to do when there is something to send
   */
  public MemberParts(
      long origin,
      InstantSource wallClock,
      LongSupplier nanoTime,
      Stability stability,
      Runnable woken) {
    this.origin = origin;
    this.stability = stability;
    this.clock = new MemberClock(wallClock, nanoTime);
    this.caches = new CacheRegistry(clock);
    this.gate = new StampGate(clock::next);
    this.outbox = new Outbox(caches, gate::settle, new FailureLog("simulated"));
    this.records = new CacheRecords(caches, clock);
    this.uplink =
        new Uplink() {
          @Override
          public long enter() {
            return gate.enter();
          }

          @Override
          public void exit(long token) {
            gate.exit(token);
          }

          @Override
          public void wake() {
            woken.run();
          }
        };
  }

  /** Opens a cache. */
  public CoherentStore<String, String> open(
      String name,
      StoreOptions.Sharing sharing,
      OptionalLong maximumEntries,
      StoreObserver<String> observer) {
    CoherentStore<String, String> store =
        new CoherentStore<>(
            new StoreOptions<>(
                name,
                sharing,
                String.class,
                String.class,
                true,
                maximumEntries,
                OptionalLong.empty(),
                OptionalLong.empty(),
                null,
                MAXIMUM_KEY_BYTES,
                MAXIMUM_VALUE_BYTES,
                false,
                CODECS),
            clock,
            origin,
            observer,
            uplink,
            stability);
    caches.attach(store, sharing == StoreOptions.Sharing.REPLICATE);
    return store;
  }

  public MemberClock clock() {
    return clock;
  }

  /** Returns what the protocol reads. */
  public Records records() {
    return records;
  }

  /** Returns whether caches came or went since the last call. */
  public boolean takeChanged() {
    return caches.takeChanged();
  }

  /** Returns what other members are told of the caches. */
  public List<CacheDescription> descriptions() {
    return caches.attached().stream().map(CacheRegistry.Attached::description).toList();
  }

  /** Returns the numbers of the caches that want the records of others. */
  public Set<Long> warm() {
    return caches.attached().stream()
        .filter(CacheRegistry.Attached::warmUp)
        .map(attached -> attached.cache().id())
        .collect(Collectors.toSet());
  }

  /** Returns the open caches. */
  public List<ClusteredCache> caches() {
    return caches.open();
  }

  /** Returns the cache that a change is for, null if it is not open. */
  public @Nullable ClusteredCache findOrSkip(long cache, Version version) {
    return caches.findOrSkip(cache, version);
  }

  /** Takes the next changes to send. */
  public List<Change> take(int maximum) {
    return outbox.take(maximum);
  }

  /** Returns whether there may be more to take. */
  public boolean hasMore() {
    return outbox.hasMore();
  }

  /** Returns the time at or below which everything was taken. */
  public long completeTime() {
    return outbox.completeTime();
  }

  /**
   * Begins its end; each call of the result does what there is to do then, and returns whether that
   * was the last of it.
   */
  public BooleanSupplier closing(Replica replica, Consumer<Effects> perform, LongSupplier nanos) {
    long begunNanos = nanos.getAsLong();
    Closing.Shell shell =
        new Closing.Shell() {
          @Override
          public long elapsedNanos() {
            return nanos.getAsLong() - begunNanos;
          }

          @Override
          public long nanos() {
            return nanos.getAsLong();
          }

          @Override
          public Version nextVersion() {
            return new Version(clock.next(), origin);
          }

          @Override
          public void handOver(List<Change> changes) {
            perform.accept(replica.onLocal(changes, outbox.completeTime(), nanos()));
          }

          @Override
          public void tellTime() {
            perform.accept(replica.onTimeAwaited(outbox.completeTime(), nanos()));
          }

          @Override
          public void perform(Effects effects) {
            perform.accept(effects);
          }
        };
    return new Closing(replica, outbox, shell)::step;
  }

  /** Makes it another member, as the event loop does. */
  public void become(long newOrigin) {
    origin = newOrigin;
    outbox.lower(0);
    caches.open().forEach(cache -> cache.renew(newOrigin));
  }

  /** Moves the clock as the event loop does. */
  public void move(long millis, boolean rebase, LongConsumer onRebased) {
    if (rebase) {
      clock.rebase(millis);
      long limit = HybridTime.ofMillis(clock.millis() + ApplyRule.MAX_AHEAD_MILLIS);
      gate.lower(clock.last());
      outbox.lower(clock.last());
      onRebased.accept(clock.last());
      caches.open().forEach(cache -> cache.dropAhead(limit));
      onRebased.accept(clock.last());
    } else if (millis > 0) {
      clock.shift(millis);
    } else {
      clock.slew(millis);
    }
  }

  /** Returns the version of an entry. */
  public static Version versionOf(VersionedEntry entry) {
    return entry.version();
  }

  /** Returns whether other members are not told of an entry. */
  public static boolean staysHere(VersionedEntry entry) {
    return entry.staysHere();
  }

  /** Returns what is remembered of a key that has no entry, in words; null for nothing. */
  public static @Nullable String mark(CoherentStore<String, String> store, String key) {
    Mark mark = store.mark(key);
    return mark == null
        ? null
        : (mark.kind() == Mark.Kind.TOMBSTONE ? "removed " : "fenced ") + mark.version();
  }

  /** Returns the number of tombstones and fences of a cache. */
  public static int marks(CoherentStore<String, String> store) {
    return store.marks();
  }

  /** Returns the number of changed keys of a cache that have not been taken. */
  public static int dirtyKeys(CoherentStore<String, String> store) {
    return store.dirtyKeys();
  }
}
