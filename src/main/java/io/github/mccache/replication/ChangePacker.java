package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Puts many changes into few messages, in their order. A change that is too long for a datagram
 * gets a message of its own, which travels in pieces. A value that is too long for that as well
 * becomes an invalidation of the same version; a key that is stays here. Both are counted, and told
 * once per cache. Confined to the thread of {@link Replica}.
 */
final class ChangePacker {

  private final int budgetBytes;
  private final int maximumBytes;
  private final ToIntFunction<Change> sizeOf;
  private final Set<Long> toldTooLarge = new HashSet<>();
  private final Set<Long> toldKeyTooLarge = new HashSet<>();
  private long changesTooLarge;
  private long keysTooLarge;

  /**
   * Makes a packer.
   *
   * @param budgetBytes how many bytes of changes a datagram holds
   * @param maximumBytes how many bytes a single change may take
   */
  ChangePacker(int budgetBytes, int maximumBytes, ToIntFunction<Change> sizeOf) {
    this.budgetBytes = budgetBytes;
    this.maximumBytes = maximumBytes;
    this.sizeOf = sizeOf;
  }

  /** Returns the changes of each message. */
  List<List<Change>> pack(List<Change> changes, EffectsCollector effects) {
    List<List<Change>> messages = new ArrayList<>();
    List<Change> current = new ArrayList<>();
    int currentBytes = 0;
    for (Change whole : changes) {
      Change change = fitting(whole, effects);
      int bytes = sizeOf.applyAsInt(change);
      if (bytes > maximumBytes) {
        onKeyTooLarge(change, effects);
        continue;
      }
      if (currentBytes + bytes > budgetBytes && !current.isEmpty()) {
        messages.add(current);
        current = new ArrayList<>();
        currentBytes = 0;
      }
      current.add(change);
      currentBytes += bytes;
    }
    if (!current.isEmpty()) {
      messages.add(current);
    }
    return messages;
  }

  long changesTooLarge() {
    return changesTooLarge;
  }

  long keysTooLarge() {
    return keysTooLarge;
  }

  private Change fitting(Change change, EffectsCollector effects) {
    if (change.value() == null || sizeOf.applyAsInt(change) <= maximumBytes) {
      return change;
    }
    changesTooLarge++;
    if (toldTooLarge.add(change.cache())) {
      effects.notice(new Notice.ChangeTooLarge(change.cache()));
    }
    Payload key = Objects.requireNonNull(change.key(), "a change with a value has a key");
    return Change.invalidate(change.cache(), change.version(), key);
  }

  private void onKeyTooLarge(Change change, EffectsCollector effects) {
    keysTooLarge++;
    if (toldKeyTooLarge.add(change.cache())) {
      effects.notice(new Notice.KeyTooLarge(change.cache()));
    }
  }
}
