package io.github.mccache.wire;

import io.github.mccache.wire.proto.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One message as several bodies that each fit into a datagram: the single fields are repeated, and
 * the elements of its lists are spread over the parts, in their order. Confined to one thread.
 *
 * @param <B> the builder of a part
 */
final class Parts<B> {

  private final Supplier<B> fresh;
  private final Function<B, Wire.Body> finished;
  private final int freshBytes;
  private final long capacity;
  private final List<Wire.Body> bodies = new ArrayList<>(1);
  private B open;
  private long openBytes;

  /**
   * @param fresh makes a part without elements
   * @param finished makes the body of a part
   * @param freshBytes what a part without elements takes
   * @param capacity what a part may take
   */
  Parts(Supplier<B> fresh, Function<B, Wire.Body> finished, int freshBytes, int capacity) {
    this.fresh = fresh;
    this.finished = finished;
    this.freshBytes = freshBytes;
    this.capacity = capacity;
    this.open = fresh.get();
    this.openBytes = freshBytes;
  }

  /** Returns how many bytes of elements one part can take. */
  long elementCapacity() {
    return capacity - freshBytes;
  }

  /** Returns the part that takes an element of so many bytes. */
  B with(int elementBytes) {
    if (openBytes + elementBytes > capacity && openBytes > freshBytes) {
      bodies.add(finished.apply(open));
      open = fresh.get();
      openBytes = freshBytes;
    }
    openBytes += elementBytes;
    return open;
  }

  /** Returns the part that is the last so far. */
  B last() {
    return open;
  }

  /** Returns all bodies, at least one. */
  List<Wire.Body> bodies() {
    bodies.add(finished.apply(open));
    return bodies;
  }
}
