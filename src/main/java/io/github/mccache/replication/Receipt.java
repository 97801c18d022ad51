package io.github.mccache.replication;

/** What a step of {@link Replica} leaves to be done until its changes have been applied. */
@FunctionalInterface
interface Receipt {

  /** Nothing. */
  Receipt NONE = (all, effects) -> {};

  /**
   * Notes what has arrived.
   *
   * @param all whether every change of the step {@linkplain ApplyOutcome#isDone counts as applied}
   * @param effects takes what follows, which never includes another change to apply
   */
  void onApplied(boolean all, EffectsCollector effects);
}
