package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class InboxTest {

  @Test
  void poll_offered_givesCopiesInOrder() {
    Inbox inbox = new Inbox(10, 100);
    byte[] reused = {1, 2, 3};

    inbox.offer(ByteBuffer.wrap(reused));
    reused[0] = 9;
    inbox.offer(ByteBuffer.wrap(reused, 0, 1));

    assertThat(inbox.isEmpty()).isFalse();
    assertThat(inbox.poll()).containsExactly(1, 2, 3);
    assertThat(inbox.poll()).containsExactly(9);
    assertThat(inbox.poll()).isNull();
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void offer_tooMany_isRefusedUntilThereIsRoom() {
    Inbox inbox = new Inbox(2, 100);
    assertThat(inbox.offer(bytes(1))).isTrue();
    assertThat(inbox.offer(bytes(1))).isTrue();

    assertThat(inbox.offer(bytes(1))).isFalse();
    assertThat(inbox.offer(bytes(1))).isFalse();
    inbox.poll();
    assertThat(inbox.offer(bytes(1))).isTrue();
    assertThat(inbox.offer(bytes(1))).isFalse();
  }

  @Test
  void offer_tooManyBytes_isRefusedUntilThereIsRoom() {
    Inbox inbox = new Inbox(100, 10);
    assertThat(inbox.offer(bytes(6))).isTrue();

    assertThat(inbox.offer(bytes(5))).isFalse();
    assertThat(inbox.offer(bytes(4))).isTrue();
    assertThat(inbox.offer(bytes(1))).isFalse();
    inbox.poll();
    assertThat(inbox.offer(bytes(6))).isTrue();
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size);
  }
}
