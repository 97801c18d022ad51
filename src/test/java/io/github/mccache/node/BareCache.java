package io.github.mccache.node;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Records;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Holds nothing, takes nothing, and remembers what it was told to trust. */
class BareCache implements ClusteredCache {

  private final String name;
  private final String numberOf;
  private final Version clearFloor;
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  BareCache(String name) {
    this(name, name, Version.NONE);
  }

  BareCache(String name, String numberOf, Version clearFloor) {
    this.name = name;
    this.numberOf = numberOf;
    this.clearFloor = clearFloor;
  }

  /** Returns what it was told to trust and to drop, in that order. */
  List<String> told() {
    return List.copyOf(told);
  }

  @Override
  public long id() {
    return CacheId.of(numberOf);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String modeName() {
    return "replicate";
  }

  @Override
  public Version clearFloor() {
    return clearFloor;
  }

  @Override
  public int drain(int maximumChanges, Predicate<Change> out) {
    return 0;
  }

  @Override
  public void drainTouched(int maximumEntries, Consumer<Touched> out) {}

  @Override
  public void prolong(Touched touched) {
    told.add("prolong");
  }

  @Override
  public ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path) {
    return ApplyOutcome.DROPPED;
  }

  @Override
  public Change current(Payload key) {
    return null;
  }

  @Override
  public Version version(Payload key) {
    Change change = current(key);
    return change == null ? null : change.version();
  }

  @Override
  public boolean lacks(Payload key, Version version) {
    return false;
  }

  @Override
  public Iterator<Change> records(Records.Wanted wanted) {
    return Collections.emptyIterator();
  }

  @Override
  public Iterator<Change> entryVersions() {
    return Collections.emptyIterator();
  }

  @Override
  public Version lost() {
    return Version.NONE;
  }

  @Override
  public Version collected() {
    return Version.NONE;
  }

  @Override
  public Version floor() {
    return Version.NONE;
  }

  @Override
  public void relay(long origin, long aboveTime) {}

  @Override
  public void startAnew(long origin, long appliedUpTo) {
    told.add("start anew " + origin + " " + appliedUpTo);
  }

  @Override
  public void distrustLost() {}

  @Override
  public void refuse(Version upTo) {
    told.add("refuse " + upTo.time());
  }

  @Override
  public void distrust(Version upTo) {
    told.add("distrust " + upTo.time());
  }

  @Override
  public void trustAbove(Version floor) {
    told.add("trust above " + floor.time());
  }

  @Override
  public void withdraw() {
    told.add("withdraw");
  }
}
