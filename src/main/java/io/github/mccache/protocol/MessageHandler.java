package io.github.mccache.protocol;

/**
 * One method per {@link Message}.
 *
 * @param <R> what each method returns
 */
public interface MessageHandler<R> {

  R onData(Message.Data data);

  R onHeartbeat(Message.Heartbeat heartbeat);

  R onHello(Message.Hello hello);

  R onBye(Message.Bye bye);

  R onClockReject(Message.ClockReject reject);
}
