package io.github.mccache.transport;

/**
 * What a {@link Transport} has counted since its start. Immutable.
 *
 * @param sent datagrams handed to the system
 * @param sentBytes their payload
 * @param received datagrams handed to the receiver
 * @param receivedBytes their payload
 * @param sendFailures datagrams that were lost because the system did not take them
 * @param receiveFailures errors of the receiving socket, each survived
 * @param strangers datagrams dropped because their source was not on the loopback interface
 * @param receiverFailures datagrams whose receiver threw
 * @param requestedReceiveBuffer bytes of kernel buffer asked for, 0 where there is none
 * @param actualReceiveBuffer bytes of kernel buffer granted, 0 where there is none
 */
public record TransportStatistics(
    long sent,
    long sentBytes,
    long received,
    long receivedBytes,
    long sendFailures,
    long receiveFailures,
    long strangers,
    long receiverFailures,
    int requestedReceiveBuffer,
    int actualReceiveBuffer) {}
