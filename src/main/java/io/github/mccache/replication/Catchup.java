package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.Beyond;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this member takes from others beyond single repairs: when it starts, when a cache is opened,
 * when it lacks too much of a stream, when the origin of a stream is silent and others have more of
 * it, and when it was away for so long that others have forgotten what was removed. One transfer at
 * a time. Confined to the thread of {@link Replica}.
 *
 * <p><b>Joining.</b> A donor's vector says what its records cover; the records of the donor and the
 * repair of everything that comes after that vector make this member complete. Until the first
 * chunk is here, nothing is asked for by number. Who hears nobody that could be a donor is a
 * founder: its streams begin at 0, as everybody's do who is heard for the first time from then on.
 * Of caches that are not warmed up only what is younger than this member is taken: it must not keep
 * what it wrote, or heard, before it was complete, where the donor knows better.
 *
 * <p><b>Catching up.</b> The donor gives all records that are newer than this member's vector says;
 * then its vector is this member's as well. The origin of a stream is the first choice. While it is
 * not heard, a peer that has more of its stream is. When it is suspect or worse, every peer is that
 * has anything of it beyond the first gap here, once, so that the survivors end with the union of
 * what each of them received; with the last record the numbers that the donor had count as applied
 * here, too.
 */
final class Catchup {

  /** How long after the first sign of another member one that could be a donor may take. */
  static final long DONOR_WAIT_NANOS = 600_000_000;

  /** After so long a silence a member is not asked for anything: it may not answer. */
  private static final long HEARD_WITHIN_NANOS = 2_100_000_000;

  /** With a queue as full as this, the silence of others may be a backlog of this member. */
  private static final int BACKLOG_PER_MILLE = 60;

  private static final int MAX_JOIN_ATTEMPTS = 6;
  private static final int MAX_WARM_ATTEMPTS = 20;
  private static final int UNCOVERED_ATTEMPTS = 8;
  private static final long FIRST_PAUSE_NANOS = 50_000_000;
  private static final int DOUBLINGS = 4;
  private static final int ASKED_BEFORE_PULL = 3;
  private static final long AVOIDED_NANOS = 5_000_000_000L;
  private static final long IDLE_NANOS = 200_000_000;

  private final Identity identity;
  private final ReplicaOptions options;
  private final Streams streams;
  private final Membership membership;
  private final ClearFloors clearFloors;
  private final Records records;
  private final RandomGenerator random;
  private final long startNanos;

  /** Safely before anything that this member has written or heard. */
  private final long startTime;

  private final Set<Long> toWarm = new LinkedHashSet<>();

  private final Refusals refusals = new Refusals();
  private final DonorsAsked asked = new DonorsAsked();
  private List<Long> openCaches = List.of();
  private Set<Long> warmCaches = Set.of();
  private List<Applied> base = List.of();
  private @Nullable StatePull pull;

  /** The highest number known of the stream of the donor when a catch-up began. */
  private long highestBefore;

  /** Who did not answer last; asked again when heard again, or after a while. */
  private long silentDonor;

  private long silentDonorNanos;
  private long firstHeardNanos = Long.MIN_VALUE;
  private boolean hasBacklog;
  private boolean based;
  private boolean joined;
  private int attempts;
  private int failures;
  private long nextPullNanos;
  private long requests;
  private Version distrusted = Version.NONE;

  /** What is to be distrusted when it is past. */
  private Version toDistrust = Version.NONE;

  private long pulls;
  private long pullsFailed;
  private long recordsPulled;
  private long distrusts;

  Catchup(
      Identity identity,
      ReplicaOptions options,
      Streams streams,
      Membership membership,
      ClearFloors clearFloors,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this.identity = identity;
    this.options = options;
    this.streams = streams;
    this.membership = membership;
    this.clearFloors = clearFloors;
    this.records = records;
    this.random = random;
    this.startNanos = nowNanos;
    this.startTime =
        HybridTime.ofMillis(Math.max(0, records.clockMillis() - 2 * ApplyRule.MAX_AHEAD_MILLIS));
    this.nextPullNanos = nowNanos;
  }

  /** Returns whether streams are asked for by number: what came before is taken care of. */
  boolean isBased() {
    return based;
  }

  /** Returns whether this member has what it takes from others at its start. */
  boolean isJoined() {
    return joined;
  }

  long pulls() {
    return pulls;
  }

  long pullsFailed() {
    return pullsFailed;
  }

  long recordsPulled() {
    return recordsPulled;
  }

  long distrusts() {
    return distrusts;
  }

  /**
   * The caches that are open are now these.
   *
   * @param warm those among them that want the records of others
   */
  void onCaches(List<Long> open, Set<Long> warm) {
    boolean late = joined || pull != null; // what is already asked for does not include it
    boolean heard = firstHeardNanos != Long.MIN_VALUE;
    for (long cache : warm) {
      if (!openCaches.contains(cache) && late) {
        warm(Set.of(cache));
      } else if (!openCaches.contains(cache) && heard) {
        toWarm.add(cache); // its changes were discarded until now: a founder requests it, too
      }
    }
    openCaches = List.copyOf(open);
    warmCaches = Set.copyOf(warm);
    toWarm.retainAll(warmCaches);
    refusals.retain(warmCaches);
  }

  /**
   * A cache refused what was told of a key, for it was opened later than that was written, and its
   * opening found nobody to ask, or somebody who did not have it yet.
   */
  void onTooOldForCache(long cache, Version version, NodeId from) {
    if (warmCaches.contains(cache)) {
      refusals.onRefused(cache, version, from);
    }
  }

  /** Caches want what others hold, from a donor that has all that this member has now. */
  private void warm(Set<Long> caches) {
    toWarm.addAll(caches);
    base = streams.vector();
  }

  /** A member was heard. */
  void onHeard(long nowNanos) {
    if (firstHeardNanos == Long.MIN_VALUE) {
      firstHeardNanos = nowNanos;
    }
  }

  /**
   * A member says what it has forgotten, and has more of some stream than this one: if it may have
   * forgotten a removal that this member never heard of, nothing that old is trusted here any more.
   * To be called before this member's own knowledge moves on.
   */
  void checkForgotten(Version collected, long origin, long completeTime, EffectsCollector effects) {
    if (!joined || !collected.isAfter(distrusted)) {
      return;
    }
    Stream stream = streams.find(origin);
    long mine = stream == null ? 0 : stream.completeTime();
    if (mine > 0 && isMissed(mine, completeTime, collected)) {
      distrustWhenPast(collected, effects);
    }
  }

  /**
   * Returns whether what this member lacks of a stream may have been forgotten by who has it, and
   * concerns what is trusted here.
   */
  private boolean isMissed(long mine, long theirs, Version forgotten) {
    return theirs > mine && theirs > distrusted.time() && forgotten.time() > mine;
  }

  /**
   * Whoever has discarded history has discarded what was written before. If the sender's clock is
   * ahead of this one, or it sends nonsense, the floor lies in the future here: it waits until that
   * time, or this member would refuse what others are going to write until then.
   */
  private void distrustWhenPast(Version upTo, EffectsCollector effects) {
    if (upTo.millis() <= records.clockMillis()) {
      distrust(upTo, effects);
    } else if (upTo.isAfter(toDistrust)) {
      toDistrust = upTo;
    }
  }

  private void distrustIfPast(EffectsCollector effects) {
    if (toDistrust.isAfter(Version.NONE) && toDistrust.millis() <= records.clockMillis()) {
      if (toDistrust.isAfter(distrusted)) {
        distrust(toDistrust, effects);
      }
      toDistrust = Version.NONE;
    }
  }

  /** The clock was set back: floors above this hybrid time mean nothing any more. */
  void forgetTimesAbove(long limitTime) {
    Version limit = new Version(limitTime, -1);
    distrusted = limit.isAfter(distrusted) ? distrusted : limit;
    toDistrust = limit.isAfter(toDistrust) ? toDistrust : Version.NONE;
  }

  private void distrust(Version upTo, EffectsCollector effects) {
    distrusted = upTo;
    distrusts++;
    effects.instruct(new Instruction.Distrust(upTo));
    effects.notice(new Notice.HistoryForgotten());
    warm(warmCaches);
    asked.forget();
  }

  /** A change of this origin is not taken, because its version is ahead of this member's clock. */
  void onRefused(long origin) {
    if (pull != null) {
      pull.onRefused(origin);
    }
  }

  /** See {@link Replica#onQueueDepth}. */
  void onQueueDepth(int perMille) {
    hasBacklog = perMille >= BACKLOG_PER_MILLE;
  }

  /** A piece of a message arrived. */
  void onPiece(long from, long nowNanos) {
    if (pull != null) {
      pull.onPiece(from, nowNanos);
    }
  }

  /** A donor sent a part of what was asked for. */
  void onChunk(NodeId from, StateChunk chunk, long nowNanos, EffectsCollector effects) {
    StatePull active = pull;
    if (active == null || !active.onChunk(from.origin(), chunk, nowNanos)) {
      return;
    }
    Beginning beginning = chunk.beginning();
    if (beginning != null && !begin(active, beginning, from, nowNanos, effects)) {
      return;
    }
    boolean all = active.purpose() != StatePull.Purpose.CATCH_UP;
    for (Change change : chunk.changes()) {
      effects.apply(
          new Application(change, from, all ? ApplyRule.Path.WARM_UP : ApplyRule.Path.RESYNC));
    }
    if (active.isDone()) {
      finish(active, nowNanos, effects);
    }
  }

  /** Returns whether the answer can be used. */
  private boolean begin(
      StatePull active, Beginning beginning, NodeId from, long nowNanos, EffectsCollector effects) {
    boolean usable =
        !beginning.refused()
            && isBelievable(beginning.time()) // or none of its records would be taken
            && isBelievable(beginning.floor().time()) // or nothing would be from then on
            && (active.purpose() != StatePull.Purpose.WARM_UP || knowsWhatWasLost(beginning))
            && (active.purpose() == StatePull.Purpose.CATCH_UP || covers(beginning, base));
    if (!usable) {
      fail(nowNanos, effects);
      return false;
    }
    // A floor here stands for a CLEAR that this member has missed, and counts as applied with it.
    long limitMillis = records.clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
    for (ClearFloor floor : beginning.clearFloors()) {
      if (clearFloors.learn(floor, limitMillis)) {
        effects.apply(Application.clear(floor, from));
      }
    }
    switch (active.purpose()) {
      case JOIN -> {
        adopt(beginning.applied());
        base = beginning.applied();
        based = true;
        Version whole = new Version(beginning.time(), -1);
        for (long cache : openCaches) {
          boolean warm = active.caches().contains(cache);
          effects.instruct(new Instruction.TrustAbove(cache, warm ? beginning.floor() : whole));
        }
      }
      case WARM_UP -> {
        for (long cache : active.caches()) {
          effects.instruct(new Instruction.TrustAbove(cache, beginning.floor()));
        }
      }
      case CATCH_UP -> {
        correct(active.donor(), beginning);
        // Others can be asked for the rest of what a donor has, but nobody for its own changes.
        Version forgotten = beginning.collected();
        long mine = timeOf(active.donor(), active.known());
        if (forgotten.isAfter(distrusted)
            && isBelievable(forgotten.time())
            && isMissed(mine, timeOf(active.donor(), beginning.applied()), forgotten)) {
          distrustWhenPast(forgotten, effects);
        }
      }
    }
    return true;
  }

  /**
   * The beginning holds the highest number of the donor's own stream. A higher one that this member
   * knew before it sent its request was forged.
   */
  private void correct(long donor, Beginning beginning) {
    Stream stream = streams.find(donor);
    for (Applied applied : beginning.applied()) {
      if (stream != null && applied.origin() == donor && applied.sequence() < highestBefore) {
        stream.endsAt(applied.sequence());
      }
    }
  }

  /**
   * Returns whether a donor has applied what this member wrote and has lost: or it would give what
   * is older than that.
   */
  private boolean knowsWhatWasLost(Beginning beginning) {
    return timeOf(identity.origin(), beginning.applied()) >= records.lost().time();
  }

  /** Returns whether a donor has as much of every stream as this member had. */
  private boolean covers(Beginning beginning, List<Applied> wanted) {
    Map<Long, Long> theirs = new HashMap<>();
    beginning.applied().forEach(applied -> theirs.put(applied.origin(), applied.sequence()));
    for (Applied applied : wanted) {
      Long sequence = theirs.get(applied.origin());
      boolean gone = isGone(applied.origin());
      if (applied.origin() != identity.origin()
          && applied.sequence() > 0
          && (sequence == null
              ? !gone
              : sequence < (gone ? needed(applied) : applied.sequence()))) {
        return false;
      }
    }
    return true;
  }

  private boolean isGone(long origin) {
    Peer peer = membership.find(origin);
    return peer == null || peer.isGone();
  }

  /**
   * Returns how much a donor must have of what somebody wrote who has gone: as much as this member,
   * but after some were asked in vain not more than anybody says that he has.
   */
  private long needed(Applied applied) {
    Stream stream = streams.find(applied.origin());
    if (attempts < UNCOVERED_ATTEMPTS || stream == null) {
      return applied.sequence();
    }
    long most = 0;
    for (Peer peer : membership.peers()) {
      if (peer.mayLive()) {
        long theirs = peer.isVectorKnown() ? peer.appliedSequence(stream) : applied.sequence();
        most = Math.max(most, theirs);
      }
    }
    return Math.min(most, applied.sequence());
  }

  private void finish(StatePull active, long nowNanos, EffectsCollector effects) {
    active.stop(effects);
    pull = null;
    failures = 0;
    Beginning beginning = Objects.requireNonNull(active.beginning());
    if (active.purpose() != StatePull.Purpose.CATCH_UP) {
      attempts = 0; // those are of joining and warming alone
      refusals.onGiven(active.caches(), beginning);
    }
    recordsPulled += active.records();
    nextPullNanos = nowNanos + FIRST_PAUSE_NANOS;
    switch (active.purpose()) {
      case JOIN -> {
        joined = true;
        base = streams.vector(); // as of now, for a cache that was opened in the meantime
        effects.notice(new Notice.Joined(active.records()));
      }
      case WARM_UP -> toWarm.removeAll(active.caches());
      case CATCH_UP -> caughtUp(active, beginning, nowNanos, effects);
    }
  }

  private void caughtUp(
      StatePull active, Beginning beginning, long nowNanos, EffectsCollector effects) {
    Stream own = streams.find(active.donor());
    long before = own == null ? 0 : own.contiguous();
    boolean wasBroken = own != null && own.isBroken();
    adopt(covered(active, beginning), beginning.beyond());
    beginning.applied().forEach(applied -> rememberIfLacking(applied, active.donor()));
    if (!toWarm.isEmpty()) {
      base = streams.vector(); // the donor of a warm-up must have that as well
    }
    boolean progress = own == null || !own.isBroken() || own.contiguous() > before;
    if (!wasBroken || asked.onAsked(active.donor(), progress, nowNanos)) {
      effects.notice(new Notice.CaughtUp(active.records()));
    }
  }

  /**
   * What the donor had applied, and this member now has too: not the streams of which the donor
   * itself may have left something out, because it does not trust what is that old or has forgotten
   * it, unless nothing that old is trusted here either, and not those of which this member did not
   * take something.
   */
  private List<Applied> covered(StatePull active, Beginning beginning) {
    long leftOut = Math.max(beginning.floor().time(), beginning.collected().time());
    return beginning.applied().stream()
        .filter(
            applied ->
                !active.isRefused(applied.origin())
                    && (applied.origin() == active.donor()
                        || isDistrusted(applied)
                        || leftOut <= timeOf(applied.origin(), active.known())))
        .toList();
  }

  /** Returns whether nothing of this is trusted here; a time of 0 says nothing about its age. */
  private boolean isDistrusted(Applied applied) {
    return applied.completeTime() > 0 && applied.completeTime() <= distrusted.time();
  }

  private static long timeOf(long origin, List<Applied> vector) {
    for (Applied applied : vector) {
      if (applied.origin() == origin) {
        return applied.completeTime();
      }
    }
    return 0;
  }

  private void adopt(List<Applied> vector) {
    for (Applied applied : vector) {
      Stream stream = applied.origin() == identity.origin() ? null : streams.open(applied.origin());
      if (stream != null && applied.sequence() <= Stream.MAX_SEQUENCE) {
        boolean believable = isBelievable(applied.completeTime());
        stream.advanceTo(applied.sequence(), believable ? applied.completeTime() : 0);
      }
    }
  }

  /**
   * Takes over a vector, and what the donor had beyond gaps of streams in it. Only when all chunks
   * are here: what they cover counts as applied.
   */
  private void adopt(List<Applied> vector, List<Beyond> beyond) {
    adopt(vector);
    for (Beyond each : beyond) {
      Stream stream = streams.find(each.origin());
      boolean covered = vector.stream().anyMatch(applied -> applied.origin() == each.origin());
      if (stream != null && covered && membership.isSilent(each.origin())) {
        each.ranges().forEach(stream::onPulled);
      }
    }
  }

  /** A clock that is ahead may be set back, and what it has promised is void then. */
  private boolean isBelievable(long time) {
    return HybridTime.millis(time) <= records.clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
  }

  private void fail(long nowNanos, EffectsCollector effects) {
    StatePull active = Objects.requireNonNull(pull);
    active.stop(effects);
    pull = null;
    pullsFailed++;
    if (active.purpose() == StatePull.Purpose.CATCH_UP) {
      asked.onFailed(active.donor());
    } else {
      attempts++;
    }
    nextPullNanos = nowNanos + (FIRST_PAUSE_NANOS << Math.min(DOUBLINGS, failures++));
    if (active.purpose() == StatePull.Purpose.WARM_UP && attempts >= MAX_WARM_ATTEMPTS) {
      attempts = 0;
      toWarm.removeAll(active.caches());
      effects.notice(new Notice.StaysCold());
    }
  }

  void onTick(Sender sender, long nowNanos, EffectsCollector effects) {
    distrustIfPast(effects);
    for (Peer peer : membership.peers()) {
      if (peer.takeReunited()) {
        asked.forget();
      }
    }
    if (joined) {
      Set<Long> refusing =
          refusals.takeDue(
              nowNanos, member -> isDonor(membership.find(member), nowNanos), this::isGone);
      if (!refusing.isEmpty()) {
        warm(refusing);
      }
    }
    if (pull != null && pull.isStuck(nowNanos)) {
      silentDonor = pull.donor();
      silentDonorNanos = nowNanos;
      fail(nowNanos, effects);
    }
    if (pull == null && nowNanos - nextPullNanos >= 0) {
      if (joined) {
        next(nowNanos);
      } else {
        join(nowNanos, effects);
      }
    }
    if (pull != null) {
      pull.onTick(nowNanos, sender, effects);
    }
  }

  /** Returns how long it takes until something is due. */
  long nanosUntilDue(long nowNanos) {
    if (pull != null) {
      return pull.dueNanos() - nowNanos;
    }
    boolean waiting = !joined || !toWarm.isEmpty() || lacksSomething();
    return waiting ? Math.max(FIRST_PAUSE_NANOS, nextPullNanos - nowNanos) : Long.MAX_VALUE;
  }

  private boolean lacksSomething() {
    for (Stream stream : streams.all()) {
      if (stream.lacksSomething()) {
        return true;
      }
    }
    return false;
  }

  // ---- joining ----

  private void join(long nowNanos, EffectsCollector effects) {
    List<Peer> donors = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      if (peer.isAlive() && peer.isJoined()) {
        donors.add(peer);
      }
    }
    if (!donors.isEmpty() && attempts < MAX_JOIN_ATTEMPTS) {
      List<Long> caches = openCaches.stream().filter(warmCaches::contains).toList();
      toWarm.clear();
      Applied since = new Applied(StateRequest.ANY_ORIGIN, 0, startTime);
      begin(StatePull.Purpose.JOIN, anyOf(donors), true, caches, List.of(since), nowNanos);
      return;
    }
    boolean heard = firstHeardNanos != Long.MIN_VALUE;
    long waited = nowNanos - (heard ? firstHeardNanos : startNanos);
    long patience = heard ? DONOR_WAIT_NANOS : options.aloneAfter().toNanos();
    if (attempts >= MAX_JOIN_ATTEMPTS || waited >= patience) {
      if (attempts >= MAX_JOIN_ATTEMPTS) {
        toWarm.clear();
        effects.notice(new Notice.StaysCold());
      } else if (based) {
        expectTheRest(effects);
      }
      base = streams.vector(); // the donor of a cache that was opened late has that at least
      attempts = 0;
      based = true;
      joined = true;
    }
  }

  /** Who was to give all records has gone after the first of them: somebody else will, perhaps. */
  private void expectTheRest(EffectsCollector effects) {
    Version whole = new Version(records.time(), -1);
    for (long cache : openCaches) {
      effects.instruct(new Instruction.TrustAbove(cache, whole));
    }
    toWarm.addAll(warmCaches);
  }

  // ---- catching up ----

  private void next(long nowNanos) {
    if (catchUpWithSomebody(nowNanos)) {
      return;
    }
    List<Peer> donors = toWarm.isEmpty() ? List.of() : donors(nowNanos);
    if (donors.isEmpty()) {
      nextPullNanos = nowNanos + IDLE_NANOS;
    } else {
      List<Long> caches = List.copyOf(toWarm);
      List<Peer> tellers =
          donors.stream().filter(peer -> refusals.isToldBy(caches, peer.origin())).toList();
      Peer donor = anyOf(tellers.isEmpty() ? donors : tellers);
      begin(StatePull.Purpose.WARM_UP, donor, false, caches, List.of(), nowNanos);
    }
  }

  private boolean catchUpWithSomebody(long nowNanos) {
    for (Stream stream : streams.all()) {
      if (!stream.lacksSomething()) {
        continue;
      }
      Peer origin = membership.find(stream.origin());
      boolean answers = isHeard(origin, nowNanos);
      if (stream.isBroken()
          && answers
          && origin != null
          && asked.mayAsk(stream.origin(), nowNanos)) {
        catchUp(origin, nowNanos);
        return true;
      }
      if (!hasBacklog && (!answers || isUnanswered(stream))) {
        Peer better = withMoreOf(stream, nowNanos);
        if (better != null) {
          asked.remember(stream.origin(), better.origin(), has(better, stream));
          catchUp(better, nowNanos);
          return true;
        }
      }
    }
    return false;
  }

  /** What a donor has applied, and has not given with all that it gave, it will not give. */
  private void rememberIfLacking(Applied applied, long donor) {
    Stream stream = streams.find(applied.origin());
    long theirs = membership.isSilent(applied.origin()) ? applied.highest() : applied.sequence();
    if (stream != null && stream.applied() < theirs) {
      asked.remember(applied.origin(), donor, theirs);
    }
  }

  /**
   * Returns up to which number a peer has something of a stream that this member can request. While
   * the origin answers, it fills the gaps of the peer itself; when it does not, the survivors end
   * with the union of what each of them has beyond its gaps.
   */
  private long has(Peer peer, Stream stream) {
    return membership.isSilent(stream.origin())
        ? peer.highestApplied(stream)
        : peer.appliedSequence(stream);
  }

  private static boolean isUnanswered(Stream stream) {
    Iterator<Stream.Gap> gaps = stream.gaps().iterator();
    return gaps.hasNext() && gaps.next().round() >= ASKED_BEFORE_PULL;
  }

  private @Nullable Peer withMoreOf(Stream stream, long nowNanos) {
    Peer best = null;
    long most = stream.applied();
    for (Peer peer : donors(nowNanos)) {
      long theirs = has(peer, stream);
      if (theirs > Math.max(most, asked.had(stream.origin(), peer.origin()))) {
        most = theirs;
        best = peer;
      }
    }
    return best;
  }

  private List<Peer> donors(long nowNanos) {
    List<Peer> donors = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      if (isDonor(peer, nowNanos)) {
        donors.add(peer);
      }
    }
    return donors;
  }

  private boolean isDonor(@Nullable Peer peer, long nowNanos) {
    return peer != null && peer.isJoined() && isHeard(peer, nowNanos);
  }

  private boolean isHeard(@Nullable Peer peer, long nowNanos) {
    return peer != null
        && peer.mayLive()
        && peer.silentNanos(nowNanos) < HEARD_WITHIN_NANOS
        && (peer.origin() != silentDonor
            || nowNanos - silentDonorNanos > AVOIDED_NANOS
            || peer.silentNanos(nowNanos) < nowNanos - silentDonorNanos);
  }

  private void catchUp(Peer donor, long nowNanos) {
    highestBefore = donor.stream() == null ? 0 : donor.stream().highest();
    begin(StatePull.Purpose.CATCH_UP, donor, true, List.of(), streams.vector(), nowNanos);
  }

  private void begin(
      StatePull.Purpose purpose,
      Peer donor,
      boolean everyCache,
      List<Long> caches,
      List<Applied> known,
      long nowNanos) {
    pulls++;
    refusals.onAsked(caches, donor.origin());
    pull = new StatePull(purpose, donor.origin(), ++requests, everyCache, caches, known, nowNanos);
  }

  private Peer anyOf(List<Peer> peers) {
    return peers.get(random.nextInt(peers.size()));
  }
}
