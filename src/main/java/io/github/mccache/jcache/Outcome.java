package io.github.mccache.jcache;

import java.util.ArrayList;
import java.util.List;

/**
 * What one call did to its keys: figures for the statistics, and the events that wait for their
 * delivery to synchronous listeners. Confined to the calling thread.
 */
final class Outcome<K, V> {

  private int hits;
  private int misses;
  private int puts;
  private int removals;
  private boolean written;
  private final List<Turn<K, V>> turns = new ArrayList<>(0);

  void hit() {
    hits++;
  }

  void miss() {
    misses++;
  }

  void put() {
    puts++;
  }

  void removal() {
    removals++;
  }

  /** Notes that the call wrote something that other members receive. */
  void written() {
    written = true;
  }

  void await(Turn<K, V> turn) {
    turns.add(turn);
  }

  boolean hasWritten() {
    return written;
  }

  int hits() {
    return hits;
  }

  int misses() {
    return misses;
  }

  int puts() {
    return puts;
  }

  int removals() {
    return removals;
  }

  /** Returns the events of this call, in the order in which they happened. */
  List<Turn<K, V>> turns() {
    return turns;
  }
}
