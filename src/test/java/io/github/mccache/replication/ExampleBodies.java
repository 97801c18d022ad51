package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that are as long as real ones, and name the message instead of telling it: whoever shares
 * this instance can read them, as long as no byte is out of place.
 */
final class ExampleBodies implements BodyCodec {

  private final List<Message> messages = new ArrayList<>();

  @Override
  public int sizeOf(Message message) {
    if (message instanceof Message.Data data) {
      return 30 + changes(data.changes());
    }
    if (message instanceof Message.Repair repair) {
      return 50
          + 20 * (repair.repaired().size() + repair.voided().size())
          + changes(repair.changes());
    }
    if (message instanceof Message.StateChunk chunk) {
      Message.Beginning beginning = chunk.beginning();
      return 40
          + changes(chunk.changes())
          + (beginning == null
              ? 0
              : 40 + 30 * beginning.applied().size() + 40 * beginning.clearFloors().size());
    }
    if (message instanceof Message.StateRequest request) {
      return 50 + 10 * request.caches().size() + 30 * request.known().size();
    }
    if (message instanceof Message.Heartbeat heartbeat) {
      return 100 + 32 * heartbeat.applied().size() + 40 * heartbeat.clearFloors().size();
    }
    if (message instanceof Message.Fragment fragment) {
      return 60 + fragment.part().length;
    }
    return 60;
  }

  private static int changes(List<Change> changes) {
    return changes.stream().mapToInt(Examples::sizeOf).sum();
  }

  @Override
  public byte[] encode(Message message) {
    int number = messages.size();
    messages.add(message);
    byte[] body = new byte[Math.max(8, sizeOf(message))];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (31 * i + number);
    }
    return ByteBuffer.wrap(body).putInt(number).array();
  }

  @Override
  public @Nullable Message decode(NodeId from, byte[] body) {
    int number = ByteBuffer.wrap(body).getInt();
    if (number < 0 || number >= messages.size()) {
      return null;
    }
    for (int i = 4; i < body.length; i++) {
      if (body[i] != (byte) (31 * i + number)) {
        return null;
      }
    }
    return messages.get(number);
  }
}
