/**
 * Messages to datagrams and back: protobuf as laid down in {@code proto/mccache.proto}, which is
 * the reference. The door is {@link io.github.mccache.wire.FrameCodec}.
 *
 * <p>Threading: everything here is immutable but the counter of packet numbers, and thread-safe. No
 * sockets, no threads, no clock, no logger: what is refused is a value, and counted by the caller.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>No datagram is longer than the maximum that the codec was made with, and none shares its
 *       packet number with another of the same codec.
 *   <li>{@code open} never throws, whatever the bytes are, and what it returns satisfies the
 *       invariants of the records of {@code protocol}.
 *   <li>A datagram is taken whole or refused whole: a receiver that took nine of ten changes would
 *       believe that it has the sequence, and could serve a stale tenth for ever. Bodies that this
 *       version does not speak are the exception, and are counted.
 *   <li>Nothing that is returned refers to the receive buffer.
 *   <li>Memory is reserved for what has arrived, never for what a length or a count claims.
 *   <li>A message that fits by {@code sizeOf} is accepted by {@code encode}.
 * </ol>
 *
 * <p>Choices that may surprise:
 *
 * <ul>
 *   <li>The first {@value io.github.mccache.wire.Prefix#BYTES} bytes are written and read by hand
 *       at fixed offsets, so that foreign datagrams cost a few comparisons and no allocation. They
 *       are nevertheless plain protobuf.
 *   <li>Lists of heartbeats, hellos, naks and acks are spread over several bodies when they are too
 *       long, for they mean the same in parts. Everything else is refused by {@code encode}: to
 *       pack it otherwise, or to send it in fragments, is a decision of the protocol.
 *   <li>Sizes are computed by arithmetic ({@code BodySizes}), beside the code that writes ({@code
 *       BodyWriter}), since to write twice would cost more than everything else. A property test
 *       holds the two together.
 *   <li>Versions are fixed-width, not delta-coded. A delta would save about five bytes of a change,
 *       but its upper bound is larger than the fixed width, and {@code replication} packs by upper
 *       bound: no datagram would hold more.
 *   <li>Longer datagrams than one's own maximum are read, so that the setting can be changed one
 *       member at a time.
 * </ul>
 */
@NullMarked
package io.github.mccache.wire;

import org.jspecify.annotations.NullMarked;
