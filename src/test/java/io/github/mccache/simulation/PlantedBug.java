package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Situation;
import io.github.mccache.replication.ApplyRule.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small mistakes, each of which an invariant must notice. Production code knows none of them. */
enum PlantedBug {

  /** {@code >=} for {@code >}: what is known already is taken again. */
  SAME_VERSION_TAKEN_AGAIN(BuggyRule.whenHeld((change, known) -> same(change, known))),

  /** At the same time any origin wins, not the larger one. */
  TIE_NOT_BROKEN_BY_ORIGIN(
      BuggyRule.whenHeld((change, known) -> change.version().time() == known.version().time())),

  /** The last to arrive wins. */
  NO_VERSION_CHECK(BuggyRule.whenHeld((change, known) -> true)),

  /** A loaded value wins over what is newer. */
  FILL_WITHOUT_VERSION_CHECK(
      BuggyRule.whenHeld((change, known) -> change.kind() == Change.Kind.FILL)),

  /** A tombstone is not compared: a removed key comes back. */
  TOMBSTONE_NOT_COMPARED(BuggyRule.whenHeld((change, known) -> known.held() == Held.TOMBSTONE)),

  /** A fence is not compared. */
  FENCE_NOT_COMPARED(BuggyRule.whenHeld((change, known) -> known.held() == Held.FENCE)),

  /** What was cleared is taken. */
  CLEAR_FLOOR_NOT_CHECKED(
      BuggyRule.inSituation(
          situation ->
              new Situation(
                  situation.updateOnly(),
                  situation.invalidateOnly(),
                  Version.NONE,
                  situation.gcFloor(),
                  situation.nowMillis(),
                  situation.nearlyFull()))),

  /** Mode update takes what it did not hold. */
  UPDATE_TAKES_ABSENT_KEYS(
      BuggyRule.inSituation(
          situation ->
              new Situation(
                  false,
                  situation.invalidateOnly(),
                  situation.clearFloor(),
                  situation.gcFloor(),
                  situation.nowMillis(),
                  situation.nearlyFull()))),

  /** A remote REMOVE drops the entry and forgets its version. */
  REMOTE_REMOVE_LEAVES_NO_TOMBSTONE(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void afterVerdict(Place place, Change change, Verdict verdict) {
              super.afterVerdict(place, change, verdict);
              if (verdict == Verdict.TOMBSTONE) {
                records.remove(place);
              }
            }
          }),

  /** A REMOVE of a key that is absent is not remembered. */
  ABSENT_REMOVE_NOT_REMEMBERED(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void afterVerdict(Place place, Change change, Verdict verdict) {
              if (verdict != Verdict.TOMBSTONE || records.containsKey(place)) {
                super.afterVerdict(place, change, verdict);
              }
            }
          }),

  /** An INVALIDATE drops the entry and leaves no fence. */
  INVALIDATE_LEAVES_NO_FENCE(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void afterVerdict(Place place, Change change, Verdict verdict) {
              super.afterVerdict(place, change, verdict);
              if (verdict == Verdict.FENCE) {
                records.remove(place);
              }
            }
          }),

  /** An eviction leaves no fence. */
  EVICTION_LEAVES_NO_FENCE(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void leaveAfterEviction(Place place, Record evicted) {
              records.remove(place);
            }
          }),

  /** The clock does not follow what is heard. */
  CLOCK_DOES_NOT_FOLLOW(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void observe(long heardTime) {}
          }),

  /** The last clear to arrive sets the floor, be it lower. */
  CLEAR_FLOOR_GOES_DOWN(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void raiseFloor(long cache, Version version) {
              super.raiseFloor(cache, version);
              floors.put(cache, version);
            }
          }),

  /** A clear drops what is newer as well. */
  CLEAR_DROPS_NEWER(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected boolean diesOf(long cache, Version clear, Place place, Record record) {
              return place.cache() == cache;
            }
          }),

  /** A clear raises the floor and leaves the records. */
  CLEAR_LEAVES_RECORDS(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected boolean diesOf(long cache, Version clear, Place place, Record record) {
              return false;
            }
          }),

  /** A load is cached although an invalidation came meanwhile. */
  LOAD_IGNORES_INVALIDATION(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected boolean isBroken(Load load) {
              return false;
            }
          }),

  /** A load is stamped when it ends. */
  LOAD_STAMPED_AFTERWARDS(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected boolean isBroken(Load load) {
              return false;
            }

            @Override
            protected Version versionOf(Load load) {
              return stamp();
            }
          }),

  /** The complete time forgets loads that will be sent as fills. */
  COMPLETE_TIME_FORGETS_LOADS(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            public long completeTime() {
              return time();
            }
          }),

  /** The life of a value counts from its arrival. */
  LIFE_COUNTS_FROM_ARRIVAL(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            private final Map<Version, Long> arrivals = new HashMap<>();

            @Override
            protected long deadlineMillis(Record record) {
              long arrival = arrivals.computeIfAbsent(record.version(), first -> now.getAsLong());
              return record.ttlMillis() == Change.ETERNAL
                  ? Change.ETERNAL
                  : arrival + record.ttlMillis();
            }
          }),

  /** The value of now goes out under a version of before. */
  VALUE_UNDER_ANOTHER_VERSION(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            private final Map<Place, Version> first = new HashMap<>();

            @Override
            protected Change changeOf(Place place, Record record) {
              Change change = super.changeOf(place, record);
              Version version = first.computeIfAbsent(place, absent -> record.version());
              return new Change(
                  change.cache(),
                  change.kind(),
                  version,
                  change.key(),
                  change.value(),
                  change.ttlMillis());
            }
          }),

  /** The version moves on and the value stays. */
  OLD_VALUE_UNDER_NEW_VERSION(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            protected void afterVerdict(Place place, Change change, Verdict verdict) {
              Record before = records.get(place);
              super.afterVerdict(place, change, verdict);
              Record after = records.get(place);
              if (before != null && before.value() != null && verdict == Verdict.ENTRY) {
                records.put(
                    place,
                    new Record(
                        Held.ENTRY, after.version(), before.value(), after.ttlMillis(), false));
              }
            }
          }),

  /** A removed key is told of, and stays visible here. */
  OWN_REMOVE_LEAVES_THE_ENTRY(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            public Version remove(Place place) {
              Record before = records.get(place);
              Version version = super.remove(place);
              if (before != null) {
                records.put(place, before);
              }
              return version;
            }
          }),

  /** The backlog grows with every write, not with every key. */
  NO_CONFLATION(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            private int writes;

            @Override
            public Version put(Place place, Payload value, long ttlMillis) {
              writes++;
              return super.put(place, value, ttlMillis);
            }

            @Override
            public int dirtyKeys() {
              return writes;
            }
          }),

  /** A load that replaced a write before it was told stays here, and the write with it. */
  WRITE_LOST_UNDER_LOAD(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            public Version finishLoad(Load load, Payload value, long ttlMillis) {
              List<Place> before = List.copyOf(dirty);
              Version version = super.finishLoad(load, value, ttlMillis);
              dirty.removeIf(
                  place ->
                      before.contains(place)
                          && records.containsKey(place)
                          && records.get(place).version().equals(version));
              return version;
            }
          }),

  /** A drained key is told again and again. */
  DIRTY_KEYS_STAY_DIRTY(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            public List<Change> drain() {
              List<Place> before = List.copyOf(dirty);
              List<Change> changes = super.drain();
              dirty.addAll(before);
              return changes;
            }
          }),

  /** A key that was removed is not told of. */
  REMOVE_NOT_SENT(
      (origin, modes, now) ->
          new ModelStore(origin, modes, now) {
            @Override
            public Version remove(Place place) {
              Version version = super.remove(place);
              dirty.remove(place);
              return version;
            }
          }),

  /** Two data messages get one number, so that the second is taken for a duplicate. */
  SEQUENCE_USED_TWICE(
      (Cluster)
          (simulation, name, id, offset, founder, random) ->
              new SimulatedMember(simulation, name, id, offset, founder, ModelStore::new, random) {
                @Override
                protected List<Message> spoken(List<Message> messages) {
                  return messages.stream().map(PlantedBug::halveSequence).toList();
                }
              }),

  /** Every heartbeat is answered with a repair. */
  REPAIRS_IN_CIRCLES(
      (Cluster)
          (simulation, name, id, offset, founder, random) ->
              new SimulatedMember(simulation, name, id, offset, founder, ModelStore::new, random) {
                @Override
                void receive(NodeId from, List<Message> messages) {
                  super.receive(from, messages);
                  if (messages.stream().anyMatch(Message.Heartbeat.class::isInstance)) {
                    repair(simulation.places().get(0));
                  }
                }
              }),

  /** A member that leaves does not say so. */
  NO_BYE(
      (Cluster)
          (simulation, name, id, offset, founder, random) ->
              new SimulatedMember(simulation, name, id, offset, founder, ModelStore::new, random) {
                @Override
                void leave() {
                  drain();
                  crash();
                }
              });

  private final Cluster cluster;

  PlantedBug(SimulatedStore.Factory stores) {
    this(Cluster.of(stores));
  }

  PlantedBug(Cluster cluster) {
    this.cluster = cluster;
  }

  Cluster cluster() {
    return cluster;
  }

  private static Message halveSequence(Message message) {
    return message instanceof Message.Data data
        ? new Message.Data((data.sequence() + 1) / 2, data.completeTime(), data.changes())
        : message;
  }

  private static boolean same(Change change, Known known) {
    return change.version().equals(known.version());
  }
}
