/**
 * The values that {@code node}, {@code replication} and {@code wire} share: who ({@link
 * io.github.mccache.protocol.NodeId}), when ({@link io.github.mccache.protocol.Version}), what
 * ({@link io.github.mccache.protocol.Change}) and the messages that carry it. Nothing here has a
 * thread, a clock or a buffer; everything is immutable.
 */
@NullMarked
package io.github.mccache.protocol;

import org.jspecify.annotations.NullMarked;
