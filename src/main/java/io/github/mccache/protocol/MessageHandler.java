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

  R onNak(Message.Nak nak);

  R onRepair(Message.Repair repair);

  R onAck(Message.Ack ack);

  R onStateRequest(Message.StateRequest request);

  R onStateChunk(Message.StateChunk chunk);

  R onStaleHistory(Message.StaleHistory stale);

  R onScrub(Message.Scrub scrub);

  R onPull(Message.Pull pull);

  R onTouch(Message.Touch touch);

  R onFragment(Message.Fragment fragment);
}
