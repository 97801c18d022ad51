package io.github.mccache.transport;

import java.util.concurrent.atomic.LongAdder;

/** The live form of {@link TransportStatistics}. Thread-safe. */
final class TransportCounters {

  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder unicastSent = new LongAdder();
  private final LongAdder unicastSentBytes = new LongAdder();
  private final LongAdder unicastReceived = new LongAdder();
  private final LongAdder unicastReceivedBytes = new LongAdder();
  final LongAdder sendFailures = new LongAdder();
  final LongAdder receiveFailures = new LongAdder();
  final LongAdder looped = new LongAdder();
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

  void unicastSent(int bytes) {
    sent(bytes);
    unicastSent.increment();
    unicastSentBytes.add(bytes);
  }

  void unicastReceived(int bytes) {
    received(bytes);
    unicastReceived.increment();
    unicastReceivedBytes.add(bytes);
  }

  TransportStatistics snapshot(int requestedReceiveBuffer, int actualReceiveBuffer) {
    return new TransportStatistics(
        sent.sum(),
        sentBytes.sum(),
        received.sum(),
        receivedBytes.sum(),
        unicastSent.sum(),
        unicastSentBytes.sum(),
        unicastReceived.sum(),
        unicastReceivedBytes.sum(),
        sendFailures.sum(),
        receiveFailures.sum(),
        strangers.sum(),
        receiverFailures.sum(),
        requestedReceiveBuffer,
        actualReceiveBuffer);
  }
}
