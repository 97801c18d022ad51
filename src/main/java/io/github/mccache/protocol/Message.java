package io.github.mccache.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages between members. Every message is an immutable value whose constructor rejects
 * nonsense, so that what exists is well-formed; only {@code wire} makes them from bytes. A new
 * message does not compile until every {@link MessageHandler} treats it.
 */
public sealed interface Message {

  /** Calls the method of the handler that is meant for this message and returns its answer. */
  <R> R accept(MessageHandler<R> handler);

  /**
   * Changes, in the order in which their sender numbered them.
   *
   * @param sequence the place in the sender's stream: 1, 2, 3…
   * @param completeTime hybrid time: every change of the sender at or below it is in this message
   *     or an earlier one
   * @param changes what happened; none where the receiver may not have what there was
   * @param ackWanted whether an {@link Ack} is awaited as soon as this has been applied
   */
  record Data(long sequence, long completeTime, List<Change> changes, boolean ackWanted)
      implements Message {
    public Data {
      if (sequence < 1 || completeTime < 0) {
        throw new IllegalArgumentException(
            "sequence " + sequence + ", complete time " + completeTime);
      }
      changes = List.copyOf(changes);
    }

    /** As the other constructor, for changes of which no acknowledgement is awaited. */
    public Data(long sequence, long completeTime, List<Change> changes) {
      this(sequence, completeTime, changes, false);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onData(this);
    }
  }

  /**
   * A heartbeat, with what its sender has sent, applied and cleared, so that a lost last message or
   * a lost CLEAR cannot be missed. What does not fit into one datagram arrives as several
   * heartbeats, whose lists add up.
   *
   * @param nodeName the sender's label
   * @param sequence the last sequence number of its stream, 0 before the first
   * @param completeTime see {@link Data#completeTime}
   * @param clockTime the sender's clock as this left, as a hybrid time with a counter of 0
   * @param joined whether the sender has what a member must have before it can help others
   * @param clearFloors the highest clear that the sender knows of, per cache
   * @param applied how far the sender has got in the streams of others
   * @param collected the highest tombstone or fence that the sender has forgotten
   * @param feedback how well it receives
   * @param answerWanted whether a receiver is to send its own next heartbeat at once
   */
  record Heartbeat(
      String nodeName,
      long sequence,
      long completeTime,
      long clockTime,
      boolean joined,
      List<ClearFloor> clearFloors,
      List<Applied> applied,
      Version collected,
      Feedback feedback,
      boolean answerWanted)
      implements Message {
    public Heartbeat {
      if (sequence < 0 || completeTime < 0 || clockTime < 0) {
        throw new IllegalArgumentException(
            "sequence "
                + sequence
                + ", complete time "
                + completeTime
                + ", clock time "
                + clockTime);
      }
      clearFloors = List.copyOf(clearFloors);
      applied = List.copyOf(applied);
    }

    /** As the other constructor, for one that needs no answer. */
    public Heartbeat(
        String nodeName,
        long sequence,
        long completeTime,
        long clockTime,
        boolean joined,
        List<ClearFloor> clearFloors,
        List<Applied> applied,
        Version collected,
        Feedback feedback) {
      this(
          nodeName,
          sequence,
          completeTime,
          clockTime,
          joined,
          clearFloors,
          applied,
          collected,
          feedback,
          false);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onHeartbeat(this);
    }
  }

  /**
   * Up to where a member has applied the stream of an origin.
   *
   * @param origin the origin of the stream
   * @param sequence everything up to this number has been applied, or is superseded, without a gap
   * @param completeTime every change of the origin at or below this hybrid time has been applied,
   *     or is superseded
   * @param highest the highest number of which something has been applied: above {@code sequence}
   *     while something in between is missing
   */
  record Applied(long origin, long sequence, long completeTime, long highest) {
    public Applied {
      if (sequence < 0 || completeTime < 0 || highest < sequence) {
        throw new IllegalArgumentException(
            "applied sequence "
                + sequence
                + ", highest "
                + highest
                + ", complete time "
                + completeTime);
      }
    }

    /** Without anything beyond a gap. */
    public Applied(long origin, long sequence, long completeTime) {
      this(origin, sequence, completeTime, sequence);
    }
  }

  /**
   * What has been applied of a stream beyond the first number that is missing.
   *
   * @param origin the origin of the stream
   * @param ranges sequence numbers, ascending and apart, at most {@value #MAX_RANGES}
   */
  record Beyond(long origin, List<Range> ranges) {

    /** How many ranges one message may name. */
    public static final int MAX_RANGES = 1_024;

    public Beyond {
      requireAscending(ranges, MAX_RANGES);
      ranges = List.copyOf(ranges);
    }
  }

  private static void requireAscending(List<Range> ranges, int most) {
    if (ranges.size() > most) {
      throw new IllegalArgumentException(ranges.size() + " ranges, more than " + most);
    }
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).first() <= ranges.get(i - 1).last()) {
        throw new IllegalArgumentException("ranges that do not ascend");
      }
    }
  }

  /**
   * How well a member receives, in thousandths.
   *
   * @param lossPerMille what was lost in the last heartbeat interval, 0 to 1,000
   * @param queuePerMille how full its queue of what it has yet to apply was at most in the present
   *     one, 0 to 1,000
   */
  record Feedback(int lossPerMille, int queuePerMille) {

    /** Nothing is lost, nothing waits. */
    public static final Feedback GOOD = new Feedback(0, 0);

    public Feedback {
      if (lossPerMille < 0 || lossPerMille > 1_000 || queuePerMille < 0 || queuePerMille > 1_000) {
        throw new IllegalArgumentException(
            "loss " + lossPerMille + " and queue " + queuePerMille + " of 1,000");
      }
    }

    /** Returns the higher of each. */
    public Feedback worst(Feedback other) {
      return new Feedback(
          Math.max(lossPerMille, other.lossPerMille), Math.max(queuePerMille, other.queuePerMille));
    }
  }

  /**
   * The highest clear of a cache.
   *
   * @param cache the number of the cache
   * @param version nothing at or below it is alive
   */
  record ClearFloor(long cache, Version version) {}

  /**
   * Introduces a member and its caches: sent at the start, when a cache is opened, and when a new
   * member is received. Caches that do not fit into one datagram arrive as several hellos, which
   * add up.
   *
   * @param nodeName the sender's label
   * @param caches every clustered cache that it has open
   * @param answerWanted whether receivers should introduce themselves as well
   * @param startedTime the hybrid time at which it started: it stamped nothing before; 0 if unknown
   * @param former the incarnation that it had until it received a copy of itself, null if none
   */
  record Hello(
      String nodeName,
      List<CacheDescription> caches,
      boolean answerWanted,
      long startedTime,
      @Nullable NodeId former)
      implements Message {
    public Hello {
      if (startedTime < 0) {
        throw new IllegalArgumentException("hybrid time " + startedTime + " is negative");
      }
      caches = List.copyOf(caches);
    }

    /** Of a member whose start is unknown. */
    public Hello(String nodeName, List<CacheDescription> caches, boolean answerWanted) {
      this(nodeName, caches, answerWanted, 0, null);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onHello(this);
    }
  }

  /**
   * A cache in full.
   *
   * @param cache its number, see {@link CacheId}
   * @param name its name; shortened by {@code wire} where it does not fit into a datagram
   * @param mode the name of its mode: {@code invalidate}, {@code update} or {@code replicate}
   */
  record CacheDescription(long cache, String name, String mode) {}

  /**
   * The sender leaves, and means it.
   *
   * @param sequence the last sequence number of its stream
   * @param completeTime see {@link Data#completeTime}
   */
  record Bye(long sequence, long completeTime) implements Message {
    public Bye {
      if (sequence < 0 || completeTime < 0) {
        throw new IllegalArgumentException(
            "last sequence " + sequence + ", complete time " + completeTime);
      }
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onBye(this);
    }
  }

  /**
   * Rejects a version because its writer's clock is ahead.
   *
   * @param origin the origin of the version
   * @param time the hybrid time that was rejected
   * @param receiverTime the hybrid time of the member that rejected it
   */
  record ClockReject(long origin, long time, long receiverTime) implements Message {
    public ClockReject {
      if (time < 0 || receiverTime < 0) {
        throw new IllegalArgumentException("hybrid times " + time + " and " + receiverTime);
      }
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onClockReject(this);
    }
  }

  /**
   * Sequence numbers, or indexes, that follow one another.
   *
   * @param first the lowest
   * @param last the highest
   */
  record Range(long first, long last) {
    public Range {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException("range from " + first + " to " + last);
      }
    }

    /** Returns how many numbers there are. */
    public long size() {
      return last - first + 1;
    }
  }

  /**
   * A part of a stream has not arrived.
   *
   * @param stream the origin whose stream it is
   * @param asked the origin that shall answer
   * @param missing sequence numbers, ascending and apart, at most {@value #MAX_RANGES}
   * @param round how many times this was asked before, 0 to 7
   * @param fragments pieces that have not arrived of bodies of which others have
   */
  record Nak(
      long stream, long asked, List<Range> missing, int round, List<MissingFragments> fragments)
      implements Message {

    /** How many ranges one message may name, and how many bodies with missing fragments. */
    public static final int MAX_RANGES = 64;

    public Nak {
      requireAscending(missing);
      if (fragments.size() > MAX_RANGES || missing.isEmpty() == fragments.isEmpty()) {
        throw new IllegalArgumentException(
            missing.size() + " ranges and " + fragments.size() + " bodies are missing");
      }
      if (round < 0 || round > 7) {
        throw new IllegalArgumentException("round " + round + " is not in 0 to 7");
      }
      missing = List.copyOf(missing);
      fragments = List.copyOf(fragments);
    }

    static void requireAscending(List<Range> ranges) {
      Message.requireAscending(ranges, MAX_RANGES);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onNak(this);
    }
  }

  /**
   * Pieces of a body that have not arrived.
   *
   * @param assembly which body, see {@link Fragment#assembly}
   * @param missing indexes, ascending and apart, at most {@value Nak#MAX_RANGES} ranges, at least
   *     one
   */
  record MissingFragments(long assembly, List<Range> missing) {
    public MissingFragments {
      if (assembly < 1 || missing.isEmpty()) {
        throw new IllegalArgumentException("assembly " + assembly + " of which nothing is missing");
      }
      Nak.requireAscending(missing);
      missing = List.copyOf(missing);
    }
  }

  /**
   * The answer to a {@link Nak} or a {@link Pull}: the current state, not the message that was sent
   * then.
   *
   * @param to the origin that requested it, 0 for all members
   * @param stream the origin whose stream it is
   * @param repaired these numbers count as received once the changes have been applied; ascending
   *     and apart, at most {@value Nak#MAX_RANGES}
   * @param voided these count as received: all their changes are superseded by later ones
   * @param changes the state of the keys
   * @param resync whether the answer cannot be given by number any more: see {@link StateRequest}
   * @param sequence the last number of the stream when this was sent: whatever supersedes changes
   *     of these numbers is at or below it; 0 if nothing does
   */
  record Repair(
      long to,
      long stream,
      List<Range> repaired,
      List<Range> voided,
      List<Change> changes,
      boolean resync,
      long sequence)
      implements Message {
    public Repair {
      if (sequence < 0) {
        throw new IllegalArgumentException("sequence " + sequence + " is negative");
      }
      Nak.requireAscending(repaired);
      Nak.requireAscending(voided);
      repaired = List.copyOf(repaired);
      voided = List.copyOf(voided);
      changes = List.copyOf(changes);
    }

    /** An answer in which nothing is superseded. */
    public Repair(
        long to,
        long stream,
        List<Range> repaired,
        List<Range> voided,
        List<Change> changes,
        boolean resync) {
      this(to, stream, repaired, voided, changes, resync, 0);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onRepair(this);
    }
  }

  /** The sender has applied this: the answer to {@link Data#ackWanted}. */
  record Ack(List<Applied> applied) implements Message {
    public Ack {
      applied = List.copyOf(applied);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onAck(this);
    }
  }

  /**
   * Requests records of a donor: entries, tombstones and fences. Every request carries the number
   * of the next chunk, and so acknowledges the chunks before it.
   *
   * @param to the origin that shall answer
   * @param request chosen by the sender, 1 or more, and given back in every chunk
   * @param nextChunk the lowest number of a chunk that has not arrived
   * @param everyCache whether records of other caches than {@code caches} are wanted as well, as
   *     far as they are newer than {@code known}
   * @param caches all records of which caches are wanted
   * @param known what the sender has applied; {@link #ANY_ORIGIN} stands for origins that are not
   *     here, of which all records are wanted if it is not here either
   * @param stop nothing more is wanted
   */
  record StateRequest(
      long to,
      long request,
      long nextChunk,
      boolean everyCache,
      List<Long> caches,
      List<Applied> known,
      boolean stop)
      implements Message {

    /** Stands for all origins that are not named. */
    public static final long ANY_ORIGIN = 0;

    public StateRequest {
      if (request < 1 || nextChunk < 0) {
        throw new IllegalArgumentException("request " + request + ", next chunk " + nextChunk);
      }
      caches = List.copyOf(caches);
      known = List.copyOf(known);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onStateRequest(this);
    }
  }

  /**
   * A part of the answer to a {@link StateRequest}.
   *
   * @param to the origin that asked
   * @param request which request this answers
   * @param number 0, 1, 2…
   * @param last whether nothing follows
   * @param changes entries as PUT or FILL, tombstones as REMOVE, fences as INVALIDATE
   * @param beginning what held when the answer began; in the first chunk only
   */
  record StateChunk(
      long to,
      long request,
      long number,
      boolean last,
      List<Change> changes,
      @Nullable Beginning beginning)
      implements Message {
    public StateChunk {
      if (request < 1 || number < 0 || (beginning != null) != (number == 0)) {
        throw new IllegalArgumentException(
            "request " + request + ", chunk " + number + (beginning == null ? "" : " begins"));
      }
      changes = List.copyOf(changes);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onStateChunk(this);
    }
  }

  /**
   * What held at the donor of state when its answer began.
   *
   * @param refused whether there is no answer, now: ask another, or later
   * @param time the hybrid time of the donor: above every version that it had applied
   * @param floor where it has no record of a key, nothing at or below this version may be trusted
   * @param collected the highest version of which it has forgotten, or lost by eviction or expiry,
   *     what all members had applied
   * @param applied what it had applied, its own stream among it; a receiver of all chunks has
   *     applied that too
   * @param clearFloors the highest clears that it knows of
   * @param beyond what it had applied beyond gaps of the streams of members that do not answer any
   *     more; a receiver of all chunks has applied that too
   */
  record Beginning(
      boolean refused,
      long time,
      Version floor,
      Version collected,
      List<Applied> applied,
      List<ClearFloor> clearFloors,
      List<Beyond> beyond) {
    public Beginning {
      if (time < 0) {
        throw new IllegalArgumentException("hybrid time " + time + " is negative");
      }
      if (beyond.stream().mapToInt(one -> one.ranges().size()).sum() > Beyond.MAX_RANGES) {
        throw new IllegalArgumentException("more than " + Beyond.MAX_RANGES + " ranges in all");
      }
      applied = List.copyOf(applied);
      clearFloors = List.copyOf(clearFloors);
      beyond = List.copyOf(beyond);
    }

    /** Without anything beyond a gap. */
    public Beginning(
        boolean refused,
        long time,
        Version floor,
        Version collected,
        List<Applied> applied,
        List<ClearFloor> clearFloors) {
      this(refused, time, floor, collected, applied, clearFloors, List.of());
    }
  }

  /**
   * The receiver of a record has discarded so much history that it cannot know whether the key was
   * removed since: its holder discards what it cannot prove.
   *
   * @param to the origin that sent the record
   * @param doubted the versions in doubt, each as an invalidation
   */
  record StaleHistory(long to, List<Change> doubted) implements Message {
    public StaleHistory {
      for (Change change : doubted) {
        if (change.kind() != Change.Kind.INVALIDATE) {
          throw new IllegalArgumentException("a " + change.kind() + " is not a doubt");
        }
      }
      doubted = List.copyOf(doubted);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onStaleHistory(this);
    }
  }

  /**
   * Some keys that the sender holds. A receiver that holds one at a higher version sends it; one
   * that holds it at a lower version {@linkplain Pull pulls} it; keys that a member does not hold
   * are none of its business.
   */
  record Scrub(long cache, List<KeyVersion> keys) implements Message {
    public Scrub {
      keys = List.copyOf(keys);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onScrub(this);
    }
  }

  /** A key and the version at which it is held. */
  record KeyVersion(Payload key, Version version) {}

  /** Asks the member {@code to} for the state of keys. */
  record Pull(long to, long cache, List<Payload> keys) implements Message {
    public Pull {
      keys = List.copyOf(keys);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onPull(this);
    }
  }

  /**
   * Some entries that were used at the sender and live longer for it. A receiver that holds one at
   * just this version lets it live as long; best effort.
   */
  record Touch(long cache, List<Touched> entries) implements Message {
    public Touch {
      entries = List.copyOf(entries);
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onTouch(this);
    }
  }

  /**
   * An entry that was used.
   *
   * @param ttlMillis how long it lives now, as in {@link Change}
   */
  record Touched(Payload key, Version version, long ttlMillis) {
    public Touched {
      if (ttlMillis < 0) {
        throw new IllegalArgumentException("time to live " + ttlMillis + " ms is negative");
      }
    }

    /** Returns the deadline in milliseconds since the epoch, {@link Change#ETERNAL} for none. */
    public long deadlineMillis() {
      return Change.deadlineMillis(version, ttlMillis);
    }
  }

  /**
   * A piece of a message that is too long for one datagram. All pieces but the last are of the same
   * length, so that they cannot overlap.
   *
   * @param assembly which message: 1, 2, 3… in the order of its sender
   * @param index which piece, from 0
   * @param count how many there are, 2 or more
   * @param totalBytes the length of the serialized message
   * @param sequence the sequence number of the {@link Data} that the message is, 0 if it is none
   * @param part the bytes of this piece, which are not copied and must not be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Fragment(long assembly, int index, int count, int totalBytes, long sequence, byte[] part)
      implements Message {
    public Fragment {
      if (assembly < 1
          || sequence < 0
          || count < 2
          || index < 0
          || index >= count
          || totalBytes < count
          || part.length != partLength(index, count, totalBytes)) {
        throw new IllegalArgumentException(
            "assembly "
                + assembly
                + ", piece "
                + index
                + " of "
                + count
                + ", "
                + part.length
                + " of "
                + totalBytes
                + " bytes");
      }
    }

    /** Returns the length of each piece but the last. */
    public static int partLength(int count, int totalBytes) {
      return (int) (((long) totalBytes + count - 1) / count);
    }

    private static int partLength(int index, int count, int totalBytes) {
      int usual = partLength(count, totalBytes);
      return (int) Math.max(0, Math.min(usual, totalBytes - (long) index * usual));
    }

    @Override
    public <R> R accept(MessageHandler<R> handler) {
      return handler.onFragment(this);
    }
  }
}
