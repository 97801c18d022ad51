package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is measured in one run. */
final class Observations {

  private final List<Long> convergenceNanos = new ArrayList<>();
  private final Map<String, Long> messages = new TreeMap<>();
  private final Map<String, Long> highest = new TreeMap<>();
  private long datagrams;
  private long bytes;
  private long quietBytes;
  private long operations;
  private long acknowledged;
  private long quietMemberNanos;
  private long memberNanos;
  private long virtualNanos;

  void operation() {
    operations++;
  }

  void acknowledged() {
    acknowledged++;
  }

  /** Returns how many writes were acknowledged by all. */
  long acknowledgedWrites() {
    return acknowledged;
  }

  void sent(Datagram datagram, boolean quiet) {
    datagrams++;
    bytes += datagram.bytes().length;
    if (quiet) {
      quietBytes += datagram.bytes().length;
    }
    for (Message message : datagram.messages()) {
      messages.merge(message.getClass().getSimpleName(), 1L, Long::sum);
    }
  }

  void converged(long afterNanos) {
    convergenceNanos.add(afterNanos);
  }

  /** Notes that so many members were quiet for some time. */
  void quiet(long nanos) {
    quietMemberNanos += nanos;
  }

  long quietMemberNanos() {
    return quietMemberNanos;
  }

  /** Notes how large something is. */
  void size(String what, long size) {
    highest.merge(what, size, Math::max);
  }

  void stopped(SimulatedMember member) {
    memberNanos += member.ageNanos();
  }

  void finish(Simulation simulation) {
    virtualNanos = simulation.nowNanos();
    simulation.running().forEach(this::stopped);
  }

  /** Returns how long it took to agree after each end of faults. */
  List<Long> convergenceNanos() {
    return convergenceNanos;
  }

  /** Returns how many messages of which kind were sent. */
  Map<String, Long> messages() {
    return messages;
  }

  /** Returns the largest that was seen, by what it is. */
  Map<String, Long> highest() {
    return highest;
  }

  long datagrams() {
    return datagrams;
  }

  long bytes() {
    return bytes;
  }

  /** Returns what was sent while all was quiet. */
  long quietBytes() {
    return quietBytes;
  }

  long operations() {
    return operations;
  }

  /** Returns for how long members ran, all together. */
  long memberNanos() {
    return memberNanos;
  }

  long virtualNanos() {
    return virtualNanos;
  }
}
