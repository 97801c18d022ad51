/**
 * The values that {@code node}, {@code replication} and {@code wire} share: identities ({@link
 * io.github.mccache.protocol.NodeId}), versions ({@link io.github.mccache.protocol.Version}),
 * changes ({@link io.github.mccache.protocol.Change}) and the messages that carry them. Nothing
 * here has a thread, a clock or a buffer; everything is immutable.
 */
@NullMarked
package io.github.mccache.protocol;

import org.jspecify.annotations.NullMarked;
