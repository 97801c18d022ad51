package io.github.mccache.jcache;

import io.github.mccache.node.Node;
import java.net.URI;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The member of a manager: it exists while at least one of its clustered caches is open.
 * Thread-safe.
 */
final class Membership {

  private final URI managerUri;
  private final Supplier<Node> start;
  private @Nullable Node node;
  private @Nullable JmxRegistration bean;
  private int caches;

  Membership(URI managerUri, Supplier<Node> start) {
    this.managerUri = managerUri;
    this.start = start;
  }

  /** Returns the member for one more cache, starting it for the first. */
  synchronized Node join() {
    Node present = node;
    if (present == null) {
      present = started();
      node = present;
      bean = new JmxRegistration(BeanNames.ofMember(managerUri, present.name(), present.origin()));
      bean.register(new MemberBean(present));
    }
    caches++;
    return present;
  }

  private Node started() {
    try {
      return start.get();
    } catch (RuntimeException e) {
      throw new CacheException(
          "a clustered cache cannot be opened: "
              + e.getMessage()
              + ". For caches of this JVM alone set mccache.cluster.enabled = false, or the mode of"
              + " the cache to local.",
          e);
    }
  }

  /** Lets go of the member for one cache, ending it after the last. */
  synchronized void leave() {
    caches--;
    if (caches == 0 && node != null && bean != null) {
      bean.unregister();
      node.close();
      node = null;
    }
  }
}
