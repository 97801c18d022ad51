package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Beginning;

/**
 * The purpose of a state transfer to this member: which answers it accepts, and their effect.
 * {@link Catchup} runs one transfer at a time. Confined to the thread of {@link Replica}.
 */
interface Transfer {

  /** Returns the path by which its records are applied. */
  ApplyRule.Path path();

  /** Returns whether the first chunk of an answer can be used. */
  boolean accepts(Beginning beginning);

  /** The first chunk was accepted; its records have yet to be applied. */
  void begin(StatePull pull, Beginning beginning, EffectsCollector effects);

  /** The records of all chunks have been given to the caches. */
  void finish(StatePull pull, Beginning beginning, long nowNanos, EffectsCollector effects);

  /** The donor did not answer, or its answer was not accepted. */
  void fail(StatePull pull, EffectsCollector effects);
}
