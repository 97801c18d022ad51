package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import io.github.mccache.node.NodeOptions;
import io.github.mccache.transport.MemoryNetwork;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

final class MembershipTest {

  private static final URI SOMEWHERE = URI.create("urn:mccache:membership-test");

  private final MemoryNetwork network = MemoryNetwork.synchronous("test");
  private final List<Node> started = new ArrayList<>();

  private Node start() {
    String name = "member-" + started.size();
    NodeOptions options =
        new NodeOptions(
            name,
            "cluster",
            SOMEWHERE.toString(),
            "",
            1_344,
            Duration.ofSeconds(2),
            new SplittableRandom(1));
    started.add(Node.start(options, network.transport(name), MemberClock.system()));
    return started.get(started.size() - 1);
  }

  private static boolean isRunning(Node node) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("mccache-node-" + node.name()));
  }

  @Test
  void join_memberCannotBeShown_isNotLeftRunning() {
    BiConsumer<JmxRegistration, Node> refuse =
        (bean, node) -> {
          throw new IllegalStateException("planted");
        };
    Membership membership = new Membership(SOMEWHERE, this::start, refuse);

    assertThatThrownBy(membership::join).hasMessage("planted");

    assertThat(isRunning(started.get(0))).isFalse();
  }

  @Test
  void leave_lastCache_endsTheMemberAndTheNextOneStartsAnother() {
    Membership membership = new Membership(SOMEWHERE, this::start);
    Node first = membership.join();
    assertThat(membership.join()).isSameAs(first);
    membership.leave();
    assertThat(isRunning(first)).isTrue();
    membership.leave();
    assertThat(isRunning(first)).isFalse();

    assertThat(membership.join()).isNotSameAs(first);
    membership.leave();
  }
}
