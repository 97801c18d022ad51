package io.github.mccache.transport;

import java.util.concurrent.atomic.LongAdder;

/** The live form of {@link TransportStatistics}. Thread-safe. */
final class TransportCounters {

  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  final LongAdder sendFailures = new LongAdder();
  final LongAdder receiveFailures = new LongAdder();
  final LongAdder strangers = new LongAdder();
  final LongAdder receiverFailures = new LongAdder();

  void sent(int bytes) {
    sent.increment();
    sentBytes.add(bytes);
  }

  void received(int bytes) {
    received.increment();
    receivedBytes.add(bytes);
  }

  TransportStatistics snapshot(int requestedReceiveBuffer, int actualReceiveBuffer) {
    return new TransportStatistics(
        sent.sum(),
        sentBytes.sum(),
        received.sum(),
        receivedBytes.sum(),
        sendFailures.sum(),
        receiveFailures.sum(),
        strangers.sum(),
        receiverFailures.sum(),
        requestedReceiveBuffer,
        actualReceiveBuffer);
  }
}
