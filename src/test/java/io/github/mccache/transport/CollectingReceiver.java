package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps the datagrams it gets, as text. */
final class CollectingReceiver implements Receiver {

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  @Override
  public void onDatagram(ByteBuffer datagram) {
    received.add(StandardCharsets.UTF_8.decode(datagram).toString());
  }

  /** Waits for the next datagram and fails when none comes. */
  String next() throws InterruptedException {
    String next = received.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("the next datagram").isNotNull();
    return next;
  }

  BlockingQueue<String> all() {
    return received;
  }
}
