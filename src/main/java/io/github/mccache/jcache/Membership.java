package io.github.mccache.jcache;

import io.github.mccache.node.Node;
import java.net.URI;
import java.util.function.BiConsumer;
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
  private final BiConsumer<JmxRegistration, Node> show;
  private @Nullable Node node;
  private @Nullable JmxRegistration bean;
  private int caches;

  Membership(URI managerUri, Supplier<Node> start) {
    this(managerUri, start, (bean, node) -> bean.register(new MemberBean(node)));
  }

  /**
   * Makes one without a member.
   *
   * @param show shows a member that has started to the management server; may throw
   */
  Membership(URI managerUri, Supplier<Node> start, BiConsumer<JmxRegistration, Node> show) {
    this.managerUri = managerUri;
    this.start = start;
    this.show = show;
  }

  /** Returns the member for one more cache, starting it for the first. */
  synchronized Node join() {
    Node present = node;
    if (present == null) {
      present = started();
      bean = registered(present);
      node = present;
    }
    caches++;
    return present;
  }

  /** Shows a member to the management server; one that cannot be shown is not left running. */
  private JmxRegistration registered(Node started) {
    try {
      JmxRegistration registration =
          new JmxRegistration(BeanNames.ofMember(managerUri, started.name(), started.origin()));
      show.accept(registration, started);
      return registration;
    } catch (Throwable e) {
      started.close();
      throw e;
    }
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
