package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Known;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stores of one member on a clock that is given, with the gate and the outbox of its event
 * loop: what the simulation, in a package of its own, needs of this one. Keys and values are texts.
 */
public final class MemberStores {

  private static final int CHANGES_PER_DRAIN = 16;
  private static final int CODEC_OF_STRINGS = 1;

  private static final Stability NOTHING_STABLE =
      new Stability() {
        @Override
        public long stableTime() {
          return 0;
        }

        @Override
        public long aliveStableTime() {
          return 0;
        }

        @Override
        public boolean isIsolated() {
          return false;
        }

        @Override
        public long isolatedSince() {
          return Long.MAX_VALUE;
        }
      };

  private final long origin;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final Outbox outbox;
  private final Uplink uplink;
  private final Stability stability;

  /**
   * Makes a member without caches that never learns how far others have followed.
   *
   * @param origin its part of its versions
   * @param nowMillis its own time
   */
  public MemberStores(long origin, LongSupplier nowMillis) {
    this(origin, nowMillis, NOTHING_STABLE);
  }

  /**
   * Makes a member without caches.
   *
   * @param origin its part of its versions
   * @param nowMillis its own time
   * @param stability how far other members have followed
   */
  public MemberStores(long origin, LongSupplier nowMillis, Stability stability) {
    this.origin = origin;
    this.stability = stability;
    this.clock =
        new MemberClock(
            () -> Instant.ofEpochMilli(nowMillis.getAsLong()),
            () -> nowMillis.getAsLong() * 1_000_000);
    this.caches = new CacheRegistry(clock);
    StampGate gate = new StampGate(clock::next);
    this.outbox = new Outbox(caches, gate::settle, new FailureLog("simulated"));
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
          public void wake() {}
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
                1_000,
                1_000_000,
                false,
                new Codecs(MemberStores.class.getClassLoader(), List.of(), List.of(), List.of())),
            clock,
            origin,
            observer,
            uplink,
            stability);
    caches.attach(store, true);
    return store;
  }

  /** Takes everything that is to be sent. */
  public List<Change> drain() {
    List<Change> changes = new ArrayList<>();
    do {
      changes.addAll(outbox.take(CHANGES_PER_DRAIN));
    } while (outbox.hasMore());
    return changes;
  }

  /** Returns the time at or below which every write was drained. */
  public long completeTime() {
    return outbox.completeTime();
  }

  /** Returns the hybrid time. */
  public long time() {
    return clock.last();
  }

  /** Returns the version of an entry. */
  public static Version versionOf(VersionedEntry entry) {
    return entry.version();
  }

  /** Returns what a store has of a key, an entry that is past its deadline as an entry. */
  public static Known known(CoherentStore<String, String> store, String key) {
    VersionedEntry entry = store.peek(key, Long.MIN_VALUE);
    Mark mark = store.mark(key);
    if (entry != null) {
      return Known.entry(entry.version(), () -> true);
    }
    if (mark == null) {
      return Known.NOTHING;
    }
    return mark.kind() == Mark.Kind.TOMBSTONE
        ? Known.tombstone(mark.version())
        : Known.fence(mark.version());
  }

  /** Returns the number of entries and marks. */
  public static int records(CoherentStore<String, String> store) {
    return (int) store.size() + store.marks();
  }

  /** Returns the number of changed keys that have not been drained. */
  public static int dirtyKeys(CoherentStore<String, String> store) {
    return store.dirtyKeys();
  }

  /** Returns what a store has of a key as a repair would send it, null if there is nothing. */
  public static @Nullable Change repairOf(
      CoherentStore<String, String> store, StoreOptions.Sharing sharing, String key) {
    return store.current(payload(key));
  }

  private static Payload payload(String text) {
    return new Payload(CODEC_OF_STRINGS, text.getBytes(StandardCharsets.UTF_8));
  }
}
