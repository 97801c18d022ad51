package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.range;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.Beyond;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.Data;
import io.github.mccache.protocol.Message.Heartbeat;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a member comes to have what others have, told by what goes in and out of its replica. */
class CatchupTest {

  private static final long START = Long.MAX_VALUE - millis(30_000);
  private static final CacheDescription BOOKS = new CacheDescription(CACHE, "books", "replicate");
  private static final CacheDescription FILMS = new CacheDescription(9, "films", "replicate");

  private final ExampleRecords records = new ExampleRecords();
  private final Replica replica =
      new Replica(SELF, "self", Examples.options(1_000), records, new Random(1), START);
  private final List<Outgoing> sent = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();
  private long now = START;

  // ---- joining ----

  @Test
  void join_nobodyHeard_founderAfterTwoSeconds() {
    run(1_900);
    assertThat(replica.isJoined()).isFalse();
    assertThat(replica.staleMillis()).isEqualTo(Long.MAX_VALUE);
    run(200);

    assertThat(replica.isJoined()).isTrue();
    assertThat(replica.staleMillis()).isZero();
  }

  @Test
  void join_onlyMembersThatHaveNotJoined_founderSoonAfterTheFirst() {
    run(100);
    hear(ALICE, beat(0, 0, false));
    run(500);
    assertThat(replica.isJoined()).isFalse();
    run(200);

    assertThat(replica.isJoined()).isTrue();
    assertThat(pulls()).isEmpty();
  }

  @Test
  void join_cacheOpenedAfterTheFirstWasHeard_aFounderTakesItFromAnother() {
    hear(ALICE, beat(0, 0, false));
    hear(
        ALICE,
        new Data(1, 10, List.of(put("a", "v", 10)))); // discarded: no cache of it is open yet
    replica.onCaches(List.of(BOOKS, FILMS), Set.of(CACHE), now);
    run(700);
    assertThat(replica.isJoined()).as("nobody has joined before").isTrue();
    assertThat(pulls()).isEmpty();
    hear(ALICE, beat(1, 10, true));
    run(300);

    assertThat(pulls()).first().matches(request -> request.caches().equals(List.of(CACHE)));
  }

  @Test
  void join_donorHeard_takesItsRecordsAndItsVector() {
    replica.onCaches(List.of(BOOKS, FILMS), Set.of(CACHE), now);
    hear(ALICE, beat(5, 50, true));
    run(100);

    StateRequest request = pulls().get(0);
    assertThat(request.to()).isEqualTo(ALICE.origin());
    assertThat(request.caches()).containsExactly(CACHE);
    assertThat(request.everyCache()).as("what is younger than this member").isTrue();
    assertThat(request.known())
        .singleElement()
        .matches(known -> known.origin() == StateRequest.ANY_ORIGIN);
    assertThat(naks()).as("nothing is asked for by number yet").isEmpty();

    Version floor = version(3, 9);
    Beginning beginning =
        new Beginning(
            false,
            HybridTime.ofMillis(99),
            floor,
            Version.NONE,
            List.of(new Applied(BOB.origin(), 8, 80), new Applied(ALICE.origin(), 5, 50)),
            List.of(new ClearFloor(CACHE, version(2, 9))));
    Effects effects = hear(ALICE, chunk(request, 0, true, List.of(put("a", "v", 4)), beginning));

    assertThat(effects.apply())
        .containsExactly(
            new Application(Change.clear(CACHE, version(2, 9)), ALICE, ApplyRule.Path.REPAIR),
            new Application(put("a", "v", 4), ALICE, ApplyRule.Path.WARM_UP));
    assertThat(effects.instructions())
        .containsExactlyInAnyOrder(
            new Instruction.TrustAbove(CACHE, floor),
            new Instruction.TrustAbove(9, new Version(HybridTime.ofMillis(99), -1)));
    assertThat(effects.notices()).containsExactly(new Notice.Joined(1));
    assertThat(replica.isJoined()).isTrue();
    run(600);
    assertThat(ownBeat().applied())
        .containsExactlyInAnyOrder(
            new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 8, 80));
    assertThat(naks()).isEmpty();
  }

  /** What the clear took away is in none of the donor's records, and counts as applied. */
  @Test
  void join_clearOfTheDonorALittleAheadOfTheClock_appliedFarAheadNot() {
    replica.onCaches(List.of(BOOKS, FILMS), Set.of(CACHE), now);
    hear(ALICE, beat(5, 50, true));
    run(100);
    ClearFloor little = new ClearFloor(CACHE, version(ExampleRecords.CLOCK_MILLIS + 400, 9));
    ClearFloor far = new ClearFloor(FILMS.cache(), version(ExampleRecords.CLOCK_MILLIS + 5_000, 9));
    Beginning beginning =
        new Beginning(
            false,
            HybridTime.ofMillis(99),
            version(3, 9),
            Version.NONE,
            List.of(new Applied(ALICE.origin(), 5, 50)),
            List.of(little, far));

    Effects effects = hear(ALICE, chunk(pulls().get(0), 0, true, List.of(), beginning));
    assertThat(effects.apply()).containsExactly(Application.clear(little, ALICE));
  }

  @Test
  void join_changesMeanwhile_appliedAtOnceAndWhatIsMissingBeyondTheVectorIsAskedFor() {
    hear(ALICE, beat(5, 50, true));
    run(100);
    assertThat(hear(ALICE, new Data(7, 70, List.of(put("x", "v", 7)))).apply()).hasSize(1);
    finishJoin(pulls().get(0), new Applied(ALICE.origin(), 5, 50));
    run(100);

    assertThat(naks()).isNotEmpty();
    assertThat(naks().get(0).missing()).containsExactly(range(6, 6));
  }

  /** Or a writer would be told that its write is seen here, where only a part of it all is. */
  @Test
  void join_firstChunkOnly_nothingIsSaidToBeApplied() {
    hear(ALICE, beat(0, 0, true));
    run(100);
    StateRequest request = pulls().get(0);
    Beginning beginning = beginning(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, chunk(request, 0, false, List.of(), beginning));
    sent.clear();
    hear(ALICE, new Data(6, 60, List.of(), true));
    run(100);

    assertThat(sent).extracting(Outgoing::message).noneMatch(Message.Ack.class::isInstance);
    assertThat(heartbeats()).isNotEmpty().allSatisfy(one -> assertThat(one.applied()).isEmpty());

    sent.clear();
    hear(ALICE, chunk(request, 1, true, List.of(), null));
    run(600);
    assertThat(heartbeats())
        .anySatisfy(one -> assertThat(one.applied()).contains(new Applied(ALICE.origin(), 6, 60)));
  }

  @Test
  void join_refusedOverAndOver_startsCold() {
    hear(ALICE, beat(0, 0, true));
    int answered = 0;
    for (int i = 0; i < 100 && !replica.isJoined(); i++) {
      run(100);
      hear(ALICE, beat(0, 0, true));
      for (StateRequest request : pulls().subList(answered, pulls().size())) {
        answered++;
        hear(ALICE, refusal(request));
      }
    }

    assertThat(replica.isJoined()).isTrue();
    assertThat(notices).contains(new Notice.StaysCold());
    assertThat(replica.counts().get("catchUpsFailed")).isEqualTo(6);
  }

  /** Or the caches would refuse everything from then on. */
  @Test
  void join_donorTrustsNothingUntilTheEndOfTime_anotherOneIsAsked() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    hear(ALICE, beat(0, 0, true));
    run(100);
    Version ahead = version(records.clockMillis + 1_001, 9);
    hear(ALICE, chunk(pulls().get(0), 0, true, List.of(), trusting(ahead, Version.NONE)));
    assertThat(replica.isJoined()).isFalse();
    assertThat(instructions).noneMatch(Instruction.TrustAbove.class::isInstance);

    run(200);
    Version present = version(records.clockMillis, 9);
    StateRequest again = pulls().get(pulls().size() - 1);
    assertThat(again.request()).isGreaterThan(pulls().get(0).request());
    hear(ALICE, chunk(again, 0, true, List.of(), trusting(present, Version.NONE)));
    assertThat(replica.isJoined()).isTrue();
    assertThat(instructions).contains(new Instruction.TrustAbove(CACHE, present));
  }

  /** What it had begun to give is still lacking, and would never be asked for by number. */
  @Test
  void join_donorLeavesAfterTheFirstChunk_theRestIsTakenFromWhoeverComes() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    hear(ALICE, beat(5, 50, true));
    run(100);
    Beginning beginning = beginning(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, chunk(pulls().get(0), 0, false, List.of(), beginning));
    instructions.clear();
    hear(ALICE, new Message.Bye(5, 50));
    run(6_000);

    assertThat(replica.isJoined()).isTrue();
    assertThat(instructions)
        .containsExactly(new Instruction.TrustAbove(CACHE, new Version(records.time(), -1)));
    sent.clear();
    hear(BOB, beat(1, 10, true));
    run(500);

    assertThat(pulls()).isNotEmpty();
    assertThat(pulls().get(0).to()).isEqualTo(BOB.origin());
    assertThat(pulls().get(0).caches()).containsExactly(CACHE);
    assertThat(pulls().get(0).known()).isEmpty();
  }

  @Test
  void join_donorFallsSilent_anotherOneIsAsked() {
    hear(ALICE, beat(0, 0, true));
    run(100);
    assertThat(pulls()).extracting(StateRequest::to).containsOnly(ALICE.origin());
    for (int i = 0; i < 80; i++) {
      hear(BOB, beat(0, 0, true));
      run(100);
    }

    assertThat(pulls()).extracting(StateRequest::to).contains(BOB.origin());
  }

  @Test
  void join_cacheOpenedMeanwhile_itsRecordsAreTakenAfterwards() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    hear(ALICE, beat(5, 50, true));
    run(100);
    StateRequest join = pulls().get(0);
    replica.onCaches(List.of(BOOKS, FILMS), Set.of(CACHE, 9L), now);
    finishJoin(join, new Applied(ALICE.origin(), 5, 50));
    run(200);

    StateRequest warm = pulls().get(pulls().size() - 1);
    assertThat(warm.request()).isGreaterThan(join.request());
    assertThat(warm.caches()).containsExactly(9L);
  }

  // ---- warming up ----

  @Test
  void warmUp_cacheOpened_onlyFromADonorThatHasAllThatIsKnownHere() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 7, 70));
    hear(BOB, beat(7, 70, true));
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    run(100);
    StateRequest first = pulls().get(pulls().size() - 1);
    assertThat(first.caches()).containsExactly(CACHE);
    assertThat(first.known()).isEmpty();
    NodeId donor = first.to() == ALICE.origin() ? ALICE : BOB;

    Effects behind =
        hear(
            donor,
            chunk(
                first,
                0,
                true,
                List.of(put("a", "v", 1)),
                beginning(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 6, 60))));
    assertThat(behind.apply()).isEmpty();
    assertThat(behind.instructions()).isEmpty();

    hear(ALICE, beat(5, 50, true));
    hear(BOB, beat(7, 70, true));
    run(300);
    StateRequest second = pulls().get(pulls().size() - 1);
    assertThat(second.request()).isGreaterThan(first.request());
    Effects covers =
        hear(
            second.to() == ALICE.origin() ? ALICE : BOB,
            chunk(
                second,
                0,
                true,
                List.of(put("a", "v", 1)),
                beginning(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 7, 70))));
    assertThat(covers.apply()).hasSize(1);
    assertThat(covers.instructions())
        .containsExactly(new Instruction.TrustAbove(CACHE, version(0, 0)));
    int asked = pulls().size();
    run(300);
    assertThat(pulls().size()).isLessThanOrEqualTo(asked + 1);
  }

  @Test
  void warmUp_refusedAsOlderThanTheCache_askedForOnceMoreNotTooOften() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    join(new Applied(ALICE.origin(), 5, 50));
    Application old = new Application(put("a", "v", 5), ALICE, ApplyRule.Path.LIVE);

    Examples.applied(replica, old, ApplyOutcome.STALE_HISTORY, now);
    hear(ALICE, beat(5, 50, true));
    run(600);
    StateRequest again = pulls().get(pulls().size() - 1);
    assertThat(again.caches()).containsExactly(CACHE);
    Effects records =
        hear(
            ALICE,
            chunk(
                again,
                0,
                true,
                List.of(put("a", "v", 5)),
                beginning(new Applied(ALICE.origin(), 5, HybridTime.ofMillis(5)))));
    assertThat(records.apply())
        .containsExactly(new Application(put("a", "v", 5), ALICE, ApplyRule.Path.WARM_UP));

    int asked = pulls().size();
    Examples.applied(replica, old, ApplyOutcome.STALE_HISTORY, now);
    hear(ALICE, beat(5, 50, true));
    run(300);
    assertThat(pulls()).hasSize(asked);
    run(4_600);
    hear(ALICE, beat(5, 50, true));
    run(500);
    assertThat(pulls()).as("what was refused meanwhile").hasSizeGreaterThan(asked);
  }

  /** The key misses either way: there is nothing to request. */
  @Test
  void warmUp_rejectedInvalidation_notRequested() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    join(new Applied(ALICE.origin(), 5, 50));
    int requested = pulls().size();
    Change invalidation = Change.invalidate(CACHE, version(5, ALICE.origin()), payload("a"));

    Application stale = new Application(invalidation, ALICE, ApplyRule.Path.RESYNC);
    Examples.applied(replica, stale, ApplyOutcome.STALE_HISTORY, now);
    hear(ALICE, beat(5, 50, true));
    run(600);

    assertThat(pulls()).hasSize(requested);
  }

  /** Who wrote it does not tell it again, and takes this member for one that has it. */
  @Test
  void warmUp_refusedBeforeThisMemberIsAFounder_askedForThen() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    run(100);
    hear(ALICE, beat(0, 0, false));
    hear(ALICE, new Data(1, 50, List.of(put("a", "v", 50))));
    Examples.applied(
        replica,
        new Application(put("a", "v", 50), ALICE, ApplyRule.Path.LIVE),
        ApplyOutcome.STALE_HISTORY,
        now);
    run(700);
    assertThat(replica.isJoined()).isTrue();
    hear(ALICE, beat(1, 50, true));
    run(300);

    StateRequest request = pulls().get(0);
    assertThat(request.to()).isEqualTo(ALICE.origin());
    assertThat(request.caches()).containsExactly(CACHE);
  }

  @ParameterizedTest
  @CsvSource({"49, 2", "50, 1"})
  void warmUp_refusedBeforeJoining_askedForUnlessTheDonorHadIt(long hadUpTo, int asked) {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    hear(ALICE, beat(0, 0, true));
    hear(BOB, beat(5, 50, false));
    Change refused =
        Change.put(CACHE, version(50, BOB.origin()), payload("a"), payload("v"), Change.ETERNAL);
    Examples.applied(
        replica,
        new Application(refused, BOB, ApplyRule.Path.LIVE),
        ApplyOutcome.STALE_HISTORY,
        now);
    run(100);
    finishJoin(pulls().get(0), new Applied(BOB.origin(), 5, HybridTime.ofMillis(hadUpTo)));
    hear(BOB, beat(5, 50, true));
    run(600);

    assertThat(pulls().stream().map(StateRequest::request).distinct()).hasSize(asked);
  }

  /** The others may have refused it too. */
  @Test
  void warmUp_refused_whoToldItIsAsked() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    join(new Applied(ALICE.origin(), 5, 50));
    for (int i = 0; i < 8; i++) {
      NodeId teller = i % 2 == 0 ? ALICE : BOB;
      Version version = version(100 + i, teller.origin());
      Examples.applied(
          replica,
          new Application(
              Change.put(CACHE, version, payload("a"), payload("v"), Change.ETERNAL),
              teller,
              ApplyRule.Path.LIVE),
          ApplyOutcome.STALE_HISTORY,
          now);
      hear(ALICE, beat(5, 50, true));
      hear(BOB, beat(0, 0, true));
      run(600);

      StateRequest request = pulls().get(pulls().size() - 1);
      assertThat(request.to()).isEqualTo(teller.origin());
      Applied alice = new Applied(ALICE.origin(), 5, version.time());
      Applied bob = new Applied(BOB.origin(), 0, version.time());
      hear(teller, chunk(request, 0, true, List.of(), beginning(alice, bob)));
      run(5_000);
    }
  }

  /** A member that has gone, and of whose stream nobody has as much as this one. */
  @Test
  void warmUp_nobodyHasAllOfAStreamWhoseOriginHasGone_whoSaysTheMostWillDoInTheEnd() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 7, 70));
    hear(BOB, beat(7, 70, true));
    hear(BOB, new Message.Bye(7, 70));
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    instructions.clear();
    List<Long> answered = new ArrayList<>();
    for (int i = 0; i < 60 && instructions.isEmpty(); i++) {
      Applied lacking = new Applied(BOB.origin(), 6, 60);
      hear(ALICE, heartbeat("alice", 5, 50, true, Version.NONE, lacking));
      run(100);
      for (StateRequest request : pulls()) {
        if (!request.everyCache() && !answered.contains(request.request())) {
          answered.add(request.request());
          hear(
              ALICE,
              chunk(
                  request,
                  0,
                  true,
                  List.of(),
                  beginning(new Applied(ALICE.origin(), 5, 50), lacking)));
        }
      }
    }

    assertThat(answered).as("somebody else may have more").hasSize(9);
    assertThat(instructions).contains(new Instruction.TrustAbove(CACHE, version(0, 0)));
  }

  // ---- catching up ----

  @Test
  void catchUp_gapThatIsTooLong_differenceByVector() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(5_000, 900, List.of()));
    run(100);

    StateRequest request = pulls().get(pulls().size() - 1);
    assertThat(request.to()).isEqualTo(ALICE.origin());
    assertThat(request.everyCache()).isTrue();
    assertThat(request.known()).containsExactly(new Applied(ALICE.origin(), 5, 50, 5_000));

    Effects effects =
        hear(
            ALICE,
            chunk(
                request,
                0,
                true,
                List.of(put("a", "v", 1)),
                beginning(new Applied(ALICE.origin(), 5_000, 900))));
    assertThat(effects.apply()).extracting(Application::path).containsOnly(ApplyRule.Path.RESYNC);
    assertThat(effects.notices()).containsExactly(new Notice.CaughtUp(1));
    run(600);
    assertThat(ownBeat().applied()).containsExactly(new Applied(ALICE.origin(), 5_000, 900));
    assertThat(naks()).isEmpty();
  }

  /** Another one may have it still; of its own stream nobody has. */
  @Test
  void catchUp_donorHasLostWhatIsMissingHere_onlyItsOwnStreamIsTakenOver() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    long known = HybridTime.ofMillis(50);
    long later = HybridTime.ofMillis(90);
    join(new Applied(ALICE.origin(), 5, known), new Applied(BOB.origin(), 7, known));
    hear(ALICE, new Data(5_000, later, List.of()));
    run(100);
    StateRequest request = pulls().get(pulls().size() - 1);
    Version lost = version(60, BOB.origin());
    Beginning beginning =
        new Beginning(
            false,
            HybridTime.ofMillis(99),
            Version.NONE,
            lost,
            List.of(new Applied(ALICE.origin(), 5_000, later), new Applied(BOB.origin(), 9, later)),
            List.of());
    Effects effects = hear(ALICE, chunk(request, 0, true, List.of(), beginning));

    assertThat(effects.instructions()).containsExactly(new Instruction.Distrust(lost));
    run(600);
    assertThat(ownBeat().applied())
        .containsExactlyInAnyOrder(
            new Applied(ALICE.origin(), 5_000, later), new Applied(BOB.origin(), 7, known));
  }

  @Test
  void catchUp_donorHasLostWhatIsYetToBeWritten_distrustedWhenThatIsPast() {
    join(new Applied(ALICE.origin(), 5, HybridTime.ofMillis(50)));
    long nowMillis = records.clockMillis;
    beginCatchUp(5_000, version(nowMillis + 1_001, 7));
    beginCatchUp(10_000, version(nowMillis + 1_000, 7));
    assertThat(instructions).noneMatch(Instruction.Distrust.class::isInstance);

    records.clockMillis = nowMillis + 2_000;
    run(600);
    assertThat(instructions)
        .filteredOn(Instruction.Distrust.class::isInstance)
        .containsExactly(new Instruction.Distrust(version(nowMillis + 1_000, 7)));
  }

  private void beginCatchUp(long sequence, Version lost) {
    hear(ALICE, new Data(sequence, 0, List.of()));
    run(100);
    StateRequest request = pulls().get(pulls().size() - 1);
    assertThat(catchesUp(request)).isTrue();
    Applied further =
        new Applied(ALICE.origin(), sequence, HybridTime.ofMillis(records.clockMillis + sequence));
    hear(ALICE, chunk(request, 0, true, List.of(), trusting(Version.NONE, lost, further)));
    run(600);
  }

  private static Beginning trusting(Version floor, Version lost, Applied... vector) {
    return new Beginning(false, HybridTime.ofMillis(99), floor, lost, List.of(vector), List.of());
  }

  @Test
  void catchUp_told_pullInsteadOfAskingByNumber() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(8, 80, List.of()));
    hear(ALICE, new Repair(SELF.origin(), ALICE.origin(), List.of(), List.of(), List.of(), true));
    run(100);

    assertThat(pulls().get(pulls().size() - 1).everyCache()).isTrue();
    assertThat(naks()).isEmpty();
  }

  @Test
  void catchUp_notTheLastChunkYet_theVectorStays() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(5_000, 900, List.of()));
    run(100);
    StateRequest request = pulls().get(pulls().size() - 1);
    hear(
        ALICE,
        chunk(request, 0, false, List.of(), beginning(new Applied(ALICE.origin(), 5_000, 900))));
    run(100);
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5, 50, 5_000));

    hear(ALICE, chunk(request, 1, true, List.of(), null));
    run(600);
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5_000, 900));
  }

  /** The last chunk would make up for what was refused of the first. */
  @Test
  void catchUp_changeIsRefusedForItsClock_streamIsNotTakenOver() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(5_000, 900, List.of()));
    run(100);
    StateRequest request = pulls().get(pulls().size() - 1);
    Beginning beginning = beginning(new Applied(ALICE.origin(), 5_000, 900));
    Message rejected = chunk(request, 0, false, List.of(put("a", "v", 600)), beginning);
    note(Examples.receive(replica, ALICE, rejected, ApplyOutcome.AHEAD_OF_CLOCK, now));
    hear(ALICE, chunk(request, 1, true, List.of(), null));
    sent.clear();
    run(600);

    assertThat(ownBeat().applied()).doesNotContain(new Applied(ALICE.origin(), 5_000, 900));
    assertThat(pulls()).as("asked again").anyMatch(CatchupTest::catchesUp);
  }

  @Test
  void catchUp_donorTellsOfAStreamWithoutATime_notTakenOver() {
    join();
    hear(ALICE, heartbeat("alice", 0, 0, true, Version.NONE, new Applied(100, 5, 50)));
    run(200);
    StateRequest request = pulls().get(pulls().size() - 1);
    Beginning trustsNothingThatOld =
        new Beginning(
            false,
            HybridTime.ofMillis(99),
            version(90, 9),
            Version.NONE,
            List.of(new Applied(100, 5, 0)),
            List.of());
    hear(ALICE, chunk(request, 0, true, List.of(), trustsNothingThatOld));
    run(600);

    assertThat(ownBeat().applied()).noneMatch(applied -> applied.sequence() == 5);
  }

  @Test
  void deadOrigin_anotherHasMoreOfIt_pulledFromThere() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hearOfAliceFromBob(3_500, new Applied(ALICE.origin(), 9, 90));

    List<StateRequest> asked = pulls().stream().filter(CatchupTest::catchesUp).toList();
    assertThat(asked).isNotEmpty();
    assertThat(asked).extracting(StateRequest::to).containsOnly(BOB.origin());
    assertThat(asked.get(0).known()).contains(new Applied(ALICE.origin(), 5, 50));
  }

  /** The other one received it for longer than this member, and it died before they met again. */
  @Test
  void forgottenOrigin_anotherHasMoreOfIt_pulledFromThereAndForgottenAgain() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hearOfAliceFromBob(16 * 60_000);
    assertThat(replica.members()).extracting(Member::id).containsExactly(BOB);
    sent.clear();
    Applied more = new Applied(ALICE.origin(), 9, 90);
    hearOfAliceFromBob(500, more);
    StateRequest request = pulls().get(0);
    assertThat(request.to()).isEqualTo(BOB.origin());
    assertThat(request.known()).contains(new Applied(ALICE.origin(), 5, 50));

    hear(BOB, chunk(request, 0, true, List.of(put("last", "word", 9)), beginning(more)));
    assertThat(stream(ALICE)).isEqualTo(more);
    sent.clear();
    hearOfAliceFromBob(16 * 60_000, more);
    sent.clear();
    hearOfAliceFromBob(1_000, more);

    assertThat(ownBeat().applied()).extracting(Applied::origin).doesNotContain(ALICE.origin());
    assertThat(pulls()).isEmpty();
  }

  /** What it had of the one was in the answer to the question for the other. */
  @Test
  void deadOrigins_donorLeavesThemOut_askedOnceForAll() {
    join();
    Applied[] dead = {new Applied(100, 5, 50), new Applied(200, 7, 60)};
    aliceLeavesOut(dead);
    sent.clear();
    for (int i = 0; i < 10; i++) {
      hear(ALICE, heartbeat("alice", 0, 0, true, Version.NONE, dead));
      run(200);
    }

    assertThat(pulls()).isEmpty();
  }

  /** What that donor would give of them is known, whatever it could not give of a cache. */
  @Test
  void deadOrigins_donorLeavesThemOutAndCannotWarmACache_notAskedForThemOnceMore() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    join();
    Applied dead = new Applied(100, 5, 50);
    Heartbeat beat = heartbeat("alice", 0, 0, true, Version.NONE, dead);
    aliceLeavesOut(dead);
    Examples.applied(
        replica,
        new Application(put("a", "v", 5), ALICE, ApplyRule.Path.LIVE),
        ApplyOutcome.STALE_HISTORY,
        now);
    hear(ALICE, beat);
    run(200);
    StateRequest warmUp = pulls().get(pulls().size() - 1);
    assertThat(warmUp.caches()).containsExactly(CACHE);
    hear(ALICE, refusal(warmUp));
    sent.clear();
    for (int i = 0; i < 5; i++) {
      hear(ALICE, beat);
      run(200);
    }

    assertThat(pulls()).isNotEmpty().noneMatch(CatchupTest::catchesUp);
  }

  /** Alice has more of streams, and gives nothing of them: she trusts nothing that old. */
  private void aliceLeavesOut(Applied... dead) {
    hear(ALICE, heartbeat("alice", 0, 0, true, Version.NONE, dead));
    run(200);
    StateRequest request = pulls().get(pulls().size() - 1);
    assertThat(catchesUp(request)).isTrue();
    Beginning trustsNothingThatOld =
        new Beginning(
            false, HybridTime.ofMillis(99), version(90, 9), Version.NONE, List.of(dead), List.of());
    hear(ALICE, chunk(request, 0, true, List.of(), trustsNothingThatOld));
  }

  @Test
  void deadOrigin_hearsay_isNotBelievedWhileTheOriginIsHeard() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hear(ALICE, beat(5, 50, true));
    hear(BOB, heartbeat("bob", 0, 0, true, Version.NONE, new Applied(ALICE.origin(), 9, 90)));
    run(100);

    assertThat(pulls()).noneMatch(CatchupTest::catchesUp);
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5, 50));
  }

  @Test
  void silentOrigin_notYetSuspect_nobodyElseIsBelievedOrAsked() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hearOfAliceFromBob(2_800, new Applied(ALICE.origin(), 9, 90));

    assertThat(pulls()).noneMatch(CatchupTest::catchesUp);
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5, 50));
  }

  @Test
  void silentOrigin_ownQueueIsFull_nobodyElseIsAskedUntilItIsEmpty() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    replica.onQueueDepth(900);
    hearOfAliceFromBob(4_000, new Applied(ALICE.origin(), 9, 90));
    assertThat(pulls()).noneMatch(CatchupTest::catchesUp);

    replica.onQueueDepth(0);
    hearOfAliceFromBob(500, new Applied(ALICE.origin(), 9, 90));
    assertThat(pulls()).anyMatch(CatchupTest::catchesUp);
  }

  /** Each survivor has what another one lacks. */
  @Test
  void deadOrigin_othersHaveSomethingBeyondAGap_pulledOnceAndTakenOverWithTheLastChunk() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hear(ALICE, new Data(7, 70, List.of(put("here", "v", 7))));
    hearOfAliceFromBob(3_500, new Applied(ALICE.origin(), 3, 30, 8));
    StateRequest request = pulls().get(pulls().size() - 1);
    assertThat(request.to()).isEqualTo(BOB.origin());
    Beginning beginning =
        new Beginning(
            false,
            HybridTime.ofMillis(99),
            Version.NONE,
            Version.NONE,
            List.of(new Applied(ALICE.origin(), 3, 30, 8)),
            List.of(),
            List.of(new Beyond(ALICE.origin(), List.of(range(5, 6), range(8, 8)))));
    Change word = put("there", "v", 6);
    hear(BOB, chunk(request, 0, false, List.of(), beginning));
    assertThat(stream(ALICE).sequence()).as("until all is here").isEqualTo(5);

    Effects effects = hear(BOB, chunk(request, 1, true, List.of(word), null));
    sent.clear();

    assertThat(effects.apply()).containsExactly(new Application(word, BOB, ApplyRule.Path.RESYNC));
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 8, 70));
    hearOfAliceFromBob(2_000, new Applied(ALICE.origin(), 3, 30, 8));
    assertThat(pulls()).as("once more").isEmpty();
  }

  /** Alice declares a message superseded, and dies before what superseded it arrives. */
  @Test
  void deadOrigin_whatSupersededAMessageReachedNoMember_theMessageIsPulledFromOneThatHasIt() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hear(ALICE, new Data(7, 70, List.of(put("later", "v", 7))));
    hear(
        ALICE,
        new Repair(
            SELF.origin(), ALICE.origin(), List.of(), List.of(range(6, 6)), List.of(), false, 9));
    assertThat(stream(ALICE).sequence()).isEqualTo(5);

    hearOfAliceFromBob(3_500, new Applied(ALICE.origin(), 7, 70, 7));
    StateRequest request = pulls().get(pulls().size() - 1);
    assertThat(request.to()).isEqualTo(BOB.origin());
    Change word = put("superseded", "v", 6);
    Beginning beginning = beginning(new Applied(ALICE.origin(), 7, 70, 7));
    Effects effects = hear(BOB, chunk(request, 0, true, List.of(word), beginning));
    sent.clear();

    assertThat(effects.apply()).containsExactly(new Application(word, BOB, ApplyRule.Path.RESYNC));
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 7, 70));
    hearOfAliceFromBob(2_000, new Applied(ALICE.origin(), 7, 70, 7));
    assertThat(pulls()).as("once more").isEmpty();
  }

  @Test
  void deadOrigin_arrivedBeyondAGap_isGivenWithItsNumbers() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    Change word = put("last", "word", 8);
    records.hold(word);
    hear(ALICE, new Data(7, 70, List.of(word)));
    hearOfAliceFromBob(3_500);
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5, 50, 7));
    hear(
        BOB,
        new StateRequest(
            SELF.origin(),
            1,
            0,
            true,
            List.of(),
            List.of(new Applied(ALICE.origin(), 5, 5)),
            false));
    run(100);

    StateChunk given = sent(StateChunk.class).get(0);
    assertThat(given.changes()).containsExactly(word);
    assertThat(given.beginning().beyond())
        .containsExactly(new Beyond(ALICE.origin(), List.of(range(7, 7))));
  }

  /** Bob tells again and again what it has, while nothing is heard of Alice. */
  private void hearOfAliceFromBob(long forMillis, Applied... applied) {
    for (long millis = 0; millis < forMillis; millis += 100) {
      hear(BOB, heartbeat("bob", 0, 0, true, Version.NONE, applied));
      run(100);
    }
  }

  /** The origin itself cannot close the gap. */
  @Test
  void brokenStream_originGivesNothingThatHelps_askedEverMoreRarelyAndLoggedOnce() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(1L << 40, 60, List.of()));
    runWhileAliceAnswers();

    assertThat(pulls().stream().filter(CatchupTest::catchesUp)).hasSizeBetween(8, 16);
    assertThat(notices).filteredOn(Notice.CaughtUp.class::isInstance).hasSizeBetween(1, 2);
  }

  /** One forged number must not keep this member catching up, nor hide honest ones. */
  @Test
  void brokenStream_originEndsBelowAForgedNumber_oneCatchUpEndsItThere() {
    join(new Applied(ALICE.origin(), 5, 50));
    hear(ALICE, new Data(1L << 40, 60, List.of()));
    runWhileAliceAnswers(new Applied(ALICE.origin(), 6, 60));

    assertThat(pulls().stream().filter(CatchupTest::catchesUp)).hasSize(1);
    assertThat(stream(ALICE).sequence()).isEqualTo(6);
    hear(ALICE, new Data(7, 70, List.of()));
    assertThat(stream(ALICE).sequence()).isEqualTo(7);
    assertThat(stream(ALICE).highest()).isEqualTo(7);
  }

  private void runWhileAliceAnswers(Applied... applied) {
    for (int i = 0; i < 2_000; i++) {
      int before = pulls().size();
      run(5);
      if (i % 20 == 0) {
        hear(ALICE, beat(6, 60, true));
      }
      for (StateRequest request : pulls().subList(before, pulls().size())) {
        hear(ALICE, chunk(request, 0, true, List.of(), beginning(applied)));
      }
    }
  }

  private List<Repair> words() {
    return sent.stream()
        .filter(outgoing -> outgoing.to() == null)
        .map(Outgoing::message)
        .filter(Repair.class::isInstance)
        .map(Repair.class::cast)
        .toList();
  }

  /** Only its origin repairs a stream by number; of a dead one the state is pulled. */
  @Test
  void deadOrigin_repairByNumberFromAnother_nothing() {
    join(new Applied(ALICE.origin(), 5, 50), new Applied(BOB.origin(), 0, 0));
    hear(ALICE, beat(6, 60, true));
    Effects effects =
        hear(
            BOB,
            new Repair(
                0,
                ALICE.origin(),
                List.of(range(6, 6)),
                List.of(),
                List.of(put("a", "v", 6)),
                false));

    assertThat(effects.apply()).isEmpty();
    assertThat(stream(ALICE)).isEqualTo(new Applied(ALICE.origin(), 5, 50));
  }

  // ---- coming back ----

  @Test
  void rejoin_peerForgotWhatIsMissingHere_distrustOnceThenWarmUp() {
    replica.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    join(new Applied(ALICE.origin(), 5, HybridTime.ofMillis(50)));
    Version collected = version(100, ALICE.origin());
    Effects effects = hear(ALICE, collectedBeat(6, HybridTime.ofMillis(200), collected));

    assertThat(effects.instructions()).containsExactly(new Instruction.Distrust(collected));
    assertThat(effects.notices()).contains(new Notice.HistoryForgotten());
    assertThat(hear(ALICE, collectedBeat(6, HybridTime.ofMillis(200), collected)).instructions())
        .isEmpty();
    assertThat(replica.counts().get("distrusts")).isEqualTo(1);
  }

  @Test
  void rejoin_nothingMissingHere_noDistrust() {
    join(new Applied(ALICE.origin(), 5, HybridTime.ofMillis(200)));

    assertThat(
            hear(ALICE, collectedBeat(5, HybridTime.ofMillis(200), version(100, ALICE.origin())))
                .instructions())
        .isEmpty();
    assertThat(
            hear(ALICE, collectedBeat(6, HybridTime.ofMillis(900), version(150, ALICE.origin())))
                .instructions())
        .as("what was forgotten is older than what is known")
        .isEmpty();
  }

  @Test
  void rejoin_collectedFarAheadOfTime_notBelieved() {
    join(new Applied(ALICE.origin(), 5, 50));
    Version hostile = new Version(Long.MAX_VALUE, -1);

    assertThat(hear(ALICE, collectedBeat(6, HybridTime.ofMillis(60), hostile)).instructions())
        .isEmpty();
  }

  @Test
  void isolated_allSilent_thenHeardAgain() {
    join(new Applied(ALICE.origin(), 0, 0));
    hear(ALICE, beat(0, 0, true));
    run(4_000);
    assertThat(replica.isIsolated()).isTrue();
    hear(ALICE, beat(0, 0, true));
    run(500);

    assertThat(replica.isIsolated()).isFalse();
    assertThat(notices).containsSubsequence(new Notice.Isolated(), new Notice.Reconnected());
  }

  // ---- what happens ----

  private List<Heartbeat> heartbeats() {
    return sent.stream()
        .map(Outgoing::message)
        .filter(Heartbeat.class::isInstance)
        .map(Heartbeat.class::cast)
        .toList();
  }

  private void join(Applied... vector) {
    hear(ALICE, beat(0, 0, true));
    run(100);
    finishJoin(pulls().get(0), vector);
    for (Applied applied : vector) {
      if (applied.origin() != ALICE.origin()) {
        hear(new NodeId(applied.origin(), applied.origin()), beat(0, 0, true));
      }
    }
    assertThat(replica.isJoined()).isTrue();
  }

  private void finishJoin(StateRequest request, Applied... vector) {
    hear(ALICE, chunk(request, 0, true, List.of(), beginning(vector)));
  }

  private Effects hear(NodeId from, Message message) {
    return note(Examples.receive(replica, from, true, message, now));
  }

  private void run(long forMillis) {
    long end = now + millis(forMillis);
    while (replica.nextTickNanos() - end <= 0) {
      now += Math.max(0, replica.nextTickNanos() - now);
      note(replica.onTick(now));
    }
    now = end;
  }

  private Effects note(Effects effects) {
    sent.addAll(effects.send());
    instructions.addAll(effects.instructions());
    notices.addAll(effects.notices());
    return effects;
  }

  private <M extends Message> List<M> sent(Class<M> type) {
    return sent.stream().map(Outgoing::message).filter(type::isInstance).map(type::cast).toList();
  }

  private List<StateRequest> pulls() {
    return sent(StateRequest.class).stream().filter(request -> !request.stop()).toList();
  }

  private List<Nak> naks() {
    return sent(Nak.class);
  }

  private Heartbeat ownBeat() {
    List<Heartbeat> all = sent(Heartbeat.class);
    return all.get(all.size() - 1);
  }

  /** How far the replica says that it has got. */
  private Applied stream(NodeId origin) {
    run(600);
    return ownBeat().applied().stream()
        .filter(applied -> applied.origin() == origin.origin())
        .findFirst()
        .orElseThrow();
  }

  private static Heartbeat beat(long sequence, long completeTime, boolean joined) {
    return heartbeat("peer", sequence, completeTime, joined, Version.NONE);
  }

  private static Heartbeat collectedBeat(long sequence, long completeTime, Version collected) {
    return heartbeat("alice", sequence, completeTime, true, collected);
  }

  private static Heartbeat heartbeat(
      String name,
      long sequence,
      long completeTime,
      boolean joined,
      Version collected,
      Applied... applied) {
    return new Heartbeat(
        name,
        sequence,
        completeTime,
        0,
        joined,
        List.of(),
        List.of(applied),
        collected,
        Message.Feedback.GOOD);
  }

  private static Beginning beginning(Applied... vector) {
    return new Beginning(
        false, HybridTime.ofMillis(99), Version.NONE, Version.NONE, List.of(vector), List.of());
  }

  private static StateChunk chunk(
      StateRequest request,
      long number,
      boolean last,
      List<Change> changes,
      @Nullable Beginning beginning) {
    return new StateChunk(SELF.origin(), request.request(), number, last, changes, beginning);
  }

  private static StateChunk refusal(StateRequest request) {
    return chunk(
        request,
        0,
        true,
        List.of(),
        new Beginning(true, 0, Version.NONE, Version.NONE, List.of(), List.of()));
  }

  /** Whether this asks for what is newer than a vector, and not for what a joiner needs. */
  private static boolean catchesUp(StateRequest request) {
    return request.everyCache()
        && request.known().stream().noneMatch(known -> known.origin() == StateRequest.ANY_ORIGIN);
  }
}
