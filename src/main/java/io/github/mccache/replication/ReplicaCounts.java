package io.github.mccache.replication;

/**
 * How often what happened, since the start. Immutable.
 *
 * @param duplicates data messages that were dropped because they had been seen
 * @param missing data messages found missing, also if they came later
 * @param keptBack batches of changes that were not sent because no peer is known
 * @param changesTooLarge changes that went out as invalidations because they did not fit
 * @param keysTooLarge changes that did not go out because even their key did not fit
 * @param membersRefused messages of members for which there was no room; their changes were applied
 */
public record ReplicaCounts(
    long duplicates,
    long missing,
    long keptBack,
    long changesTooLarge,
    long keysTooLarge,
    long membersRefused) {}
