package io.github.mccache.transport;

/**
 * What a {@link Transport} has counted since its start. Immutable.
 *
 * @param sent datagrams handed to the system, to all and to one
 * @param sentBytes their payload
 * @param received datagrams handed to the receiver, whichever way they came
 * @param receivedBytes their payload
 * @param unicastSent those of {@code sent} that went to one member
 * @param unicastSentBytes their payload
 * @param unicastReceived those of {@code received} that came to this member alone
 * @param unicastReceivedBytes their payload
 * @param sendFailures datagrams that were lost because the system did not take them, or because no
 *     member can be where they were to go
 * @param receiveFailures errors of the receiving sockets, each survived
 * @param strangers datagrams dropped because their source was not on the loopback interface
 * @param receiverFailures datagrams whose receiver threw
 * @param requestedReceiveBuffer bytes of kernel buffer asked for per socket, 0 where there is none
 * @param actualReceiveBuffer bytes of kernel buffer granted to the socket that has fewer, 0 where
 *     there is none
 */
public record TransportStatistics(
    long sent,
    long sentBytes,
    long received,
    long receivedBytes,
    long unicastSent,
    long unicastSentBytes,
    long unicastReceived,
    long unicastReceivedBytes,
    long sendFailures,
    long receiveFailures,
    long strangers,
    long receiverFailures,
    int requestedReceiveBuffer,
    int actualReceiveBuffer) {}
