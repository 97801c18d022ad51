package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReassemblerTest {

  private static final long START = Long.MAX_VALUE - millis(1_000);
  private static final int MAXIMUM = 1_000_000;

  private final Reassembler reassembler = new Reassembler(MAXIMUM);

  @Test
  void onFragment_anyOrderAndTwice_theSameBytesOnce() {
    byte[] body = body(2_777, 1);
    List<Fragment> pieces = pieces(5, body, 200);
    for (int seed = 0; seed < 20; seed++) {
      Reassembler tested = new Reassembler(MAXIMUM);
      List<Fragment> order = new ArrayList<>(pieces);
      order.addAll(pieces);
      Collections.shuffle(order, new Random(seed));
      List<byte[]> whole = new ArrayList<>();
      for (Fragment piece : order) {
        byte[] done = tested.onFragment(ALICE, piece, START);
        if (done != null) {
          whole.add(done);
        }
      }
      assertThat(whole).hasSize(1);
      assertThat(whole.get(0)).isEqualTo(body);
      assertThat(tested.bytes()).isZero();
      assertThat(tested.assemblies()).isZero();
    }
  }

  @Test
  void onFragment_twoSendersWithTheSameNumber_keptApart() {
    byte[] ofAlice = body(400, 1);
    byte[] ofBob = body(400, 2);
    List<Fragment> alice = pieces(1, ofAlice, 200);
    List<Fragment> bob = pieces(1, ofBob, 200);

    reassembler.onFragment(ALICE, alice.get(0), START);
    reassembler.onFragment(BOB, bob.get(1), START);

    assertThat(reassembler.onFragment(ALICE, alice.get(1), START)).isEqualTo(ofAlice);
    assertThat(reassembler.onFragment(BOB, bob.get(0), START)).isEqualTo(ofBob);
  }

  @Test
  void onTick_piecesMissing_askedForAfterAPauseAndEverMoreRarely() {
    List<Fragment> pieces = pieces(9, body(1_000, 1), 200);
    reassembler.onFragment(ALICE, pieces.get(1), START);
    reassembler.onFragment(ALICE, pieces.get(3), START);

    assertThat(tick(START + millis(19))).isEmpty();
    assertThat(tick(START + millis(20)))
        .containsExactly(missing(0, 9, range(0, 0), range(2, 2), range(4, 4)));
    assertThat(tick(START + millis(39))).isEmpty();
    assertThat(tick(START + millis(40)))
        .containsExactly(missing(1, 9, range(0, 0), range(2, 2), range(4, 4)));
    assertThat(tick(START + millis(79))).isEmpty();
    assertThat(reassembler.nanosUntilDue(START + millis(79))).isEqualTo(millis(1));

    reassembler.onFragment(ALICE, pieces.get(0), START + millis(80));
    assertThat(tick(START + millis(99))).isEmpty();
    assertThat(tick(START + millis(100)))
        .as("progress starts the rounds anew")
        .containsExactly(missing(0, 9, range(2, 2), range(4, 4)));
  }

  @Test
  void onTick_noProgress_givenUpAndCounted() {
    reassembler.onFragment(ALICE, pieces(9, body(1_000, 1), 200).get(0), START);
    int asked = 0;
    for (long now = START; now - START < millis(10_000); now += millis(10)) {
      asked += tick(now).size();
    }

    assertThat(asked).isEqualTo(8);
    assertThat(reassembler.assemblies()).isZero();
    assertThat(reassembler.bytes()).isZero();
    assertThat(reassembler.givenUp()).isEqualTo(1);
    assertThat(reassembler.nanosUntilDue(START)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void onTick_moreHolesThanAMessageNames_theFirst64() {
    List<Fragment> pieces = pieces(1, body(200 * 300, 1), 200);
    for (int i = 1; i < pieces.size(); i += 2) {
      reassembler.onFragment(ALICE, pieces.get(i), START);
    }

    List<Range> missing = tick(START + millis(20)).get(0).fragments().get(0).missing();
    assertThat(missing).hasSize(Nak.MAX_RANGES).startsWith(range(0, 0), range(2, 2));
  }

  @Test
  void onFragment_claimsThatContradict_refusedAndTheFirstStands() {
    byte[] body = body(600, 1);
    List<Fragment> pieces = pieces(1, body, 200);
    reassembler.onFragment(ALICE, pieces.get(0), START);

    assertThat(reassembler.onFragment(ALICE, new Fragment(1, 1, 2, 600, 0, new byte[300]), START))
        .isNull();
    assertThat(reassembler.onFragment(ALICE, new Fragment(1, 1, 3, 599, 0, new byte[200]), START))
        .isNull();
    assertThat(reassembler.refused()).isEqualTo(2);

    reassembler.onFragment(ALICE, pieces.get(1), START);
    assertThat(reassembler.onFragment(ALICE, pieces.get(2), START)).isEqualTo(body);
  }

  @Test
  void onFragment_tooLongOrShortParts_refusedAndNothingKept() {
    reassembler.onFragment(
        ALICE, new Fragment(1, 0, 2, MAXIMUM + 1, 0, new byte[MAXIMUM / 2 + 1]), START);
    reassembler.onFragment(ALICE, new Fragment(2, 0, 1_000, 127_000, 0, new byte[127]), START);
    reassembler.onFragment(
        ALICE, new Fragment(3, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, new byte[1]), START);

    assertThat(reassembler.refused()).isEqualTo(3);
    assertThat(reassembler.assemblies()).isZero();
    assertThat(reassembler.bytes()).isZero();
  }

  @Test
  void onFragment_claimByWhichTheLastPiecesAreEmpty_wholeAllTheSame() {
    int count = 1_000;
    int total = 127 * count + 1;
    int length = Fragment.partLength(count, total);
    byte[] body = body(total, 1);
    assertThat(length).isEqualTo(128);
    byte[] whole = null;
    for (int index = 0; index < count; index++) {
      int from = Math.min(total, index * length);
      byte[] part = Arrays.copyOfRange(body, from, Math.min(total, from + length));
      whole = reassembler.onFragment(ALICE, new Fragment(1, index, count, total, 0, part), START);
    }

    assertThat(whole).isEqualTo(body);
  }

  @Test
  void onFragment_oneSenderBeginsManyAndEndsNone_noMoreThanItsPlaces() {
    List<Fragment> ofBob = pieces(1, body(400, 7), 200);
    reassembler.onFragment(BOB, ofBob.get(0), START);
    for (int assembly = 1; assembly <= 1_000; assembly++) {
      reassembler.onFragment(ALICE, new Fragment(assembly, 0, 2, 400, 0, new byte[200]), START);
      assertThat(reassembler.assemblies()).isLessThanOrEqualTo(Reassembler.MAX_PER_SENDER + 1);
    }

    assertThat(reassembler.postponed()).isEqualTo(1_000 - Reassembler.MAX_PER_SENDER);
    assertThat(reassembler.onFragment(BOB, ofBob.get(1), START))
        .as("costs the others nothing")
        .isNotNull();
    Fragment last = new Fragment(1, 1, 2, 400, 0, new byte[200]);
    assertThat(reassembler.onFragment(ALICE, last, START))
        .as("what has begun is not given up for what begins")
        .isNotNull();
    reassembler.onFragment(ALICE, new Fragment(500, 0, 2, 400, 0, new byte[200]), START);
    assertThat(reassembler.assemblies()).isEqualTo(Reassembler.MAX_PER_SENDER);
  }

  @Test
  void onFragment_moreMessagesThanPlacesOfManySenders_sharesOfOneSize() {
    int senders = 16;
    for (int sender = 1; sender <= senders; sender++) {
      for (int assembly = 1; assembly <= Reassembler.MAX_PER_SENDER; assembly++) {
        begin(sender, assembly);
      }
    }
    long givenUp = reassembler.givenUp();

    int whole = 0;
    for (int sender = 1; sender <= senders; sender++) {
      for (int assembly = 1; assembly <= Reassembler.MAX_PER_SENDER; assembly++) {
        whole += end(sender, assembly) == null ? 0 : 1;
      }
    }
    assertThat(whole).as("what has begun and was not displaced ends").isGreaterThanOrEqualTo(48);
    assertThat(givenUp).as("only what made room for senders with fewer").isLessThan(64);
  }

  private void begin(int sender, long assembly) {
    Fragment first = new Fragment(assembly, 0, 2, 400, 0, new byte[200]);
    reassembler.onFragment(new NodeId(1_000 + sender, 0), first, START);
  }

  private byte @Nullable [] end(int sender, long assembly) {
    Fragment last = new Fragment(assembly, 1, 2, 400, 0, new byte[200]);
    return reassembler.onFragment(new NodeId(1_000 + sender, 0), last, START);
  }

  @Test
  void onVoid_dataOfTheNumbers_noPieceIsRequested() {
    reassembler.onFragment(ALICE, pieces(1, body(400, 1), 200, 77).get(0), START);
    reassembler.onFragment(ALICE, pieces(2, body(400, 1), 200, 79).get(0), START);
    reassembler.onFragment(ALICE, pieces(3, body(400, 1), 200, 0).get(0), START);
    reassembler.onFragment(BOB, pieces(1, body(400, 1), 200, 77).get(0), START);

    reassembler.onVoid(ALICE, range(0, 78));

    assertThat(reassembler.isUnderWay(ALICE, 77)).isFalse();
    assertThat(reassembler.isUnderWay(ALICE, 79)).isTrue();
    assertThat(reassembler.isUnderWay(BOB, 77)).isTrue();
    assertThat(reassembler.assemblies()).as("what is no data stays").isEqualTo(3);
    assertThat(reassembler.bytes()).isEqualTo(3 * (200L + Reassembler.BYTES_PER_PART));
  }

  @Test
  void onFragment_manySenders_noMoreThanTheMaximum() {
    for (int sender = 1; sender <= 500; sender++) {
      NodeId from = new NodeId(1_000 + sender, 0);
      reassembler.onFragment(from, new Fragment(1, 0, 2, 400, 0, new byte[200]), START);
      assertThat(reassembler.assemblies()).isEqualTo(Math.min(sender, Reassembler.MAX_ASSEMBLIES));
    }

    assertThat(reassembler.bytes())
        .isEqualTo(Reassembler.MAX_ASSEMBLIES * (200L + Reassembler.BYTES_PER_PART));
    assertThat(reassembler.givenUp()).isEqualTo(500 - Reassembler.MAX_ASSEMBLIES);
  }

  @Test
  void onFragment_manySendersBeginBesideAMessageThatMakesProgress_itArrives() {
    byte[] body = body(2_000, 7);
    byte[] whole = null;
    int sender = 1_000;
    for (Fragment piece : pieces(1, body, 200)) {
      whole = reassembler.onFragment(ALICE, piece, START);
      for (int i = 0; i < Reassembler.MAX_ASSEMBLIES - 1; i++) {
        reassembler.onFragment(
            new NodeId(++sender, 0), new Fragment(1, 0, 2, 400, 0, new byte[200]), START);
      }
    }

    assertThat(whole).isEqualTo(body);
  }

  @Test
  void onFragment_moreBytesThanTheMaximum_theEldestIsGivenUp() {
    int total = 16 << 20;
    Reassembler tested = new Reassembler(total);
    long maximum = 2L * total + (32L << 20);
    int part = total / 4;
    byte[] shared = new byte[part];
    for (int sender = 1; sender <= 40; sender++) {
      NodeId from = new NodeId(1_000 + sender, 0);
      for (int index = 0; index < 3; index++) {
        tested.onFragment(from, new Fragment(1, index, 4, total, 0, shared), START);
        assertThat(tested.bytes()).isLessThanOrEqualTo(maximum);
      }
    }

    assertThat(tested.bytes()).isGreaterThan(maximum / 2);
    assertThat(tested.givenUp()).isPositive();
  }

  @Test
  void isUnderWay_data_untilItIsWhole() {
    List<Fragment> pieces = pieces(1, body(400, 1), 200, 77);
    assertThat(reassembler.isUnderWay(ALICE, 77)).isFalse();
    reassembler.onFragment(ALICE, pieces.get(0), START);

    assertThat(reassembler.isUnderWay(ALICE, 77)).isTrue();
    assertThat(reassembler.isUnderWay(BOB, 77)).isFalse();
    assertThat(reassembler.isUnderWay(ALICE, 78)).isFalse();
    reassembler.onFragment(ALICE, pieces.get(1), START);
    assertThat(reassembler.isUnderWay(ALICE, 77)).isFalse();
  }

  /** Whatever is lost, of the pieces, the requests and the answers: in the end it is whole. */
  @Property(tries = 200)
  void anyLossThatEnds_sameBytes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1_201, max = 60_000) int length,
      @ForAll @IntRange(min = 0, max = 60) int lossPercent) {
    Random random = new Random(seed);
    byte[] body = body(length, (int) seed);
    OutgoingFragments outgoing = new OutgoingFragments(1_000);
    Reassembler incoming = new Reassembler(MAXIMUM);
    Pacer pacer = new Pacer(Pacer.INITIAL_RATE, START);
    outgoing.add(body, 3, null);
    byte[] whole = null;
    for (long now = START; whole == null && now - START < millis(2_000); now += millis(5)) {
      int loss = now - START < millis(400) ? lossPercent : 0;
      pacer.refill(now);
      EffectsCollector sent = new EffectsCollector();
      outgoing.onTick(pacer, 60, false, now, sent);
      List<Fragment> pieces = new ArrayList<>(Examples.sent(sent, Fragment.class));
      Collections.shuffle(pieces, random);
      for (Fragment piece : pieces) {
        byte[] done =
            random.nextInt(100) < loss && !(now == START && piece == pieces.get(0))
                ? null
                : incoming.onFragment(ALICE, piece, now);
        whole = done == null ? whole : done;
      }
      EffectsCollector asked = new EffectsCollector();
      incoming.onTick(now, asked);
      for (Nak nak : Examples.sent(asked, Nak.class)) {
        if (random.nextInt(100) >= loss) {
          nak.fragments().forEach(missing -> outgoing.onMissing(missing, BOB.origin()));
        }
      }
    }
    assertThat(whole).isEqualTo(body);
  }

  private List<Nak> tick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    reassembler.onTick(nowNanos, effects);
    assertThat(effects.effects().send())
        .allSatisfy(outgoing -> assertThat(outgoing.to()).isEqualTo(ALICE.origin()));
    return Examples.sent(effects, Nak.class);
  }

  private static Nak missing(int round, long assembly, Range... ranges) {
    return new Nak(
        ALICE.origin(),
        ALICE.origin(),
        List.of(),
        round,
        List.of(new MissingFragments(assembly, List.of(ranges))));
  }

  private static byte[] body(int length, int seed) {
    byte[] body = new byte[length];
    new Random(seed).nextBytes(body);
    return body;
  }

  private static List<Fragment> pieces(long assembly, byte[] body, int partBytes) {
    return pieces(assembly, body, partBytes, 0);
  }

  private static List<Fragment> pieces(long assembly, byte[] body, int partBytes, long sequence) {
    OutgoingFragments outgoing = new OutgoingFragments(partBytes);
    outgoing.add(body, sequence, null);
    EffectsCollector effects = new EffectsCollector();
    outgoing.onTick(new Pacer(Pacer.INITIAL_RATE, START), 0, false, START, effects);
    return Examples.sent(effects, Fragment.class).stream()
        .map(
            piece ->
                new Fragment(
                    assembly,
                    piece.index(),
                    piece.count(),
                    piece.totalBytes(),
                    piece.sequence(),
                    piece.part()))
        .toList();
  }
}
