package io.github.mccache.node;

import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where members can be answered: the source of the last datagram that was read of each, by the
 * origin of the member. Above {@value #MAXIMUM_MEMBERS} members, who was not heard for the longest
 * time is forgotten: messages to it then go to all. Confined to the thread of the event loop.
 */
final class Addresses {

  static final int MAXIMUM_MEMBERS = 1_024;

  private final LinkedHashMap<Long, SocketAddress> byOrigin =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, SocketAddress> eldest) {
          return size() > MAXIMUM_MEMBERS;
        }
      };

  /** A member was heard. */
  void heard(long origin, SocketAddress source) {
    byOrigin.put(origin, source);
  }

  /** Returns where a member can be answered, null if that is not known. */
  @Nullable SocketAddress of(long origin) {
    return byOrigin.get(origin);
  }
}
