package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps the datagrams it gets, as text, and where the last one can be answered. */
final class CollectingReceiver implements Receiver {

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private volatile SocketAddress lastSource;

  @Override
  public void onDatagram(ByteBuffer datagram, SocketAddress source) {
    lastSource = source;
    received.add(StandardCharsets.UTF_8.decode(datagram).toString());
  }

  /** Waits for the next datagram and fails when none comes. */
  String next() throws InterruptedException {
    String next = received.poll(60, TimeUnit.SECONDS);
    assertThat(next).as("the next datagram").isNotNull();
    return next;
  }

  BlockingQueue<String> all() {
    return received;
  }

  SocketAddress lastSource() {
    return lastSource;
  }
}
