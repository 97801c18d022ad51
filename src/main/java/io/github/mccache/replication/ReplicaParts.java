package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Replica} is made of, put together once: each part has one worry, and those that
 * treat messages, local changes and the passing of time are given all of them. Confined to the
 * thread of {@link Replica}.
 */
final class ReplicaParts {

  /** What every message that carries changes needs beside them, at most. */
  static final int DATA_OVERHEAD_BYTES = 80;

  final NodeId self;
  final String nodeName;
  final ReplicaOptions options;
  final Records records;
  final long startNanos;
  final Alarm alarm;
  final OwnProgress own = new OwnProgress();
  final Streams streams = new Streams();
  final Membership membership;
  final ChangePacker packer;
  final HeartbeatSchedule heartbeats;
  final Introductions introductions;
  final ClearFloors clearFloors = new ClearFloors();
  final OncePerSecond clockRejectsSent = new OncePerSecond();
  final OncePerSecond clockRejectsTold = new OncePerSecond();
  final LocalHealth health;
  final ClockAgreement clockAgreement;
  final SentIndex index;
  final Horizons horizons;
  final OutgoingFragments fragments;
  final Reassembler reassembler;
  final Sender sender;
  final Pacer pacer;
  final GapRequests gapRequests;
  final RepairAnswers repairAnswers;
  final StateDonor donor;
  final Catchup catchup;
  final Scrubber scrubber;

  /** How many messages with changes came that had come before. */
  long duplicates;

  /**
   * How many messages were discarded because the origin cannot have given out their number yet, or
   * because a third member sent what of the origin's stream is repaired.
   */
  long sequencesRefused;

  /** Of how many entries other members have sent that they were used. */
  long touchesReceived;

  /** See {@link Replica#Replica}. */
  ReplicaParts(
      NodeId self,
      @Nullable NodeId former,
      String nodeName,
      ReplicaOptions options,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this.self = self;
    this.nodeName = nodeName;
    this.options = options;
    this.records = records;
    this.startNanos = nowNanos;
    this.alarm = new Alarm(nowNanos);
    this.membership = new Membership(options, streams);
    this.packer =
        new ChangePacker(
            options.dataBudgetBytes(),
            options.maximumBodyBytes() - DATA_OVERHEAD_BYTES,
            options.sizeOf());
    this.heartbeats =
        new HeartbeatSchedule(options.heartbeatInterval().toNanos(), random, nowNanos);
    this.introductions = new Introductions(nodeName, former, own, random);
    this.health = new LocalHealth(options.heartbeatInterval().toNanos(), nowNanos);
    this.clockAgreement = new ClockAgreement(nowNanos);
    this.index = new SentIndex(options.maximumKeysSent());
    this.horizons = new Horizons(membership, records, own, index);
    this.fragments = new OutgoingFragments(options.fragmentBytes());
    this.reassembler = new Reassembler(options.maximumBodyBytes());
    this.sender = new Sender(options, fragments);
    this.pacer = new Pacer(options.initialRate(), nowNanos);
    this.gapRequests = new GapRequests(random);
    this.repairAnswers = new RepairAnswers(self, options, index, records, clearFloors);
    this.donor = new StateDonor(options, records);
    this.catchup =
        new Catchup(self, options, streams, membership, clearFloors, records, random, nowNanos);
    this.scrubber = new Scrubber(options, records, nowNanos);
  }

  /** Returns whether there is no member to send to. */
  boolean isAlone(long nowNanos) {
    boolean hadTime = nowNanos - startNanos >= options.aloneAfter().toNanos();
    return hadTime && !membership.hasPeers();
  }
}
