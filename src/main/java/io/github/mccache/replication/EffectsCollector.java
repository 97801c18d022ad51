package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import java.util.ArrayList;
import java.util.List;

/** The effects of one step, while the step runs. */
final class EffectsCollector {

  private final List<Message> send = new ArrayList<>();
  private final List<Application> apply = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();

  void send(Message message) {
    send.add(message);
  }

  void apply(Application application) {
    apply.add(application);
  }

  void notice(Notice notice) {
    notices.add(notice);
  }

  Effects effects() {
    return new Effects(send, apply, notices);
  }
}
