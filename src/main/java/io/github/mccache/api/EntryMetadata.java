package io.github.mccache.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an entry besides its key and value, at the moment of asking. Immutable.
 *
 * @param version which write it is
 * @param local whether this member wrote it
 * @param created when the key came to this member
 * @param lastRead when it was last read here, null if never
 * @param expires when it expires, null if never
 */
public record EntryMetadata(
    EntryVersion version,
    boolean local,
    Instant created,
    @Nullable Instant lastRead,
    @Nullable Instant expires) {}
