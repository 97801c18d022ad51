package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {

  private static final SocketAddress SOURCE = InetSocketAddress.createUnresolved("here", 1);
  private static final SocketAddress OTHER = InetSocketAddress.createUnresolved("there", 2);

  @Test
  void take_offered_givesCopiesInOrderWithTheirSources() {
    Inbox inbox = new Inbox(10, 100);
    byte[] reused = {1, 2, 3};

    inbox.offer(ByteBuffer.wrap(reused), SOURCE);
    reused[0] = 9;
    inbox.offer(ByteBuffer.wrap(reused, 0, 1), OTHER);

    assertThat(inbox.isEmpty()).isFalse();
    List<Inbox.Datagram> taken = take(inbox, 10);
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(taken).extracting(Inbox.Datagram::source).containsExactly(SOURCE, OTHER);
    assertThat(taken.get(0).bytes()).containsExactly(1, 2, 3);
    assertThat(taken.get(1).bytes()).containsExactly(9);
    assertThat(take(inbox, 10)).isEmpty();
  }

  @Test
  void offer_tooMany_isRefusedUntilThereIsRoom() {
    Inbox inbox = new Inbox(2, 100);
    assertThat(offer(inbox, 1)).isTrue();
    assertThat(offer(inbox, 1)).isTrue();

    assertThat(offer(inbox, 1)).isFalse();
    assertThat(offer(inbox, 1)).isFalse();
    assertThat(take(inbox, 1)).hasSize(1);
    assertThat(offer(inbox, 1)).isTrue();
    assertThat(offer(inbox, 1)).isFalse();
  }

  @Test
  void offer_tooManyBytes_isRefusedUntilThereIsRoom() {
    Inbox inbox = new Inbox(100, 10);
    assertThat(offer(inbox, 6)).isTrue();

    assertThat(offer(inbox, 5)).isFalse();
    assertThat(offer(inbox, 4)).isTrue();
    assertThat(offer(inbox, 1)).isFalse();
    assertThat(take(inbox, 1)).hasSize(1);
    assertThat(offer(inbox, 6)).isTrue();
  }

  @Test
  void offer_fullOfOneSource_displacesTheNewestOfThatSource() {
    Inbox inbox = new Inbox(4, 1_000);
    for (int i = 0; i < 6; i++) {
      inbox.offer(ByteBuffer.wrap(new byte[] {(byte) i}), SOURCE);
    }

    assertThat(inbox.offer(ByteBuffer.wrap(new byte[] {100}), OTHER)).as("displaced").isEqualTo(1);
    assertThat(inbox.offer(ByteBuffer.wrap(new byte[] {101}), OTHER)).as("displaced").isEqualTo(1);
    assertThat(inbox.offer(ByteBuffer.wrap(new byte[] {102}), OTHER))
        .as("a fair share")
        .isEqualTo(1);

    assertThat(take(inbox, 10))
        .extracting(datagram -> (int) datagram.bytes()[0])
        .containsExactly(0, 100, 1, 101);
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(inbox.perMille()).isZero();
  }

  @Test
  void offer_bytesUsedUpByOneSource_displacesAsManyOfItAsNeeded() {
    Inbox inbox = new Inbox(100, 10);
    for (int i = 0; i < 5; i++) {
      offer(inbox, 2);
    }

    assertThat(inbox.offer(ByteBuffer.allocate(4), OTHER)).isEqualTo(2);
    assertThat(inbox.offer(ByteBuffer.allocate(11), OTHER)).as("longer than all").isEqualTo(1);
    assertThat(take(inbox, 10)).extracting(one -> one.bytes().length).containsExactly(2, 4, 2, 2);
  }

  @Test
  void take_floodOfOneSource_delaysNobodyElse() {
    Inbox inbox = new Inbox(1_000, 1_000);
    for (int i = 0; i < 900; i++) {
      offer(inbox, 1);
    }
    inbox.offer(ByteBuffer.allocate(1), OTHER);

    assertThat(take(inbox, 2)).extracting(Inbox.Datagram::source).containsExactly(SOURCE, OTHER);
  }

  @Test
  void perMille_byNumberOrByBytes_isTheFuller() {
    Inbox inbox = new Inbox(10, 1_000);
    offer(inbox, 10);
    assertThat(inbox.perMille()).isEqualTo(100);

    offer(inbox, 490);
    assertThat(inbox.perMille()).isEqualTo(500);
  }

  @Test
  void takeHighestPerMille_emptiedMeanwhile_tellsTheFullestOnce() {
    Inbox inbox = new Inbox(4, 1_000);
    offer(inbox, 1);
    offer(inbox, 1);
    take(inbox, 2);

    assertThat(inbox.takeHighestPerMille()).isEqualTo(500);
    assertThat(inbox.takeHighestPerMille()).isZero();
    for (int i = 0; i < 5; i++) {
      offer(inbox, 1);
    }
    take(inbox, 4);
    assertThat(inbox.takeHighestPerMille()).as("something was refused").isEqualTo(1_000);
  }

  private static boolean offer(Inbox inbox, int size) {
    return inbox.offer(ByteBuffer.allocate(size), SOURCE) == 0;
  }

  private static List<Inbox.Datagram> take(Inbox inbox, int maximum) {
    List<Inbox.Datagram> taken = new ArrayList<>();
    inbox.take(maximum, taken);
    return taken;
  }
}
