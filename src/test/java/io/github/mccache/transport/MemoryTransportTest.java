package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTransportTest {

  private final CollectingReceiver received = new CollectingReceiver();

  @Test
  void send_synchronousNetwork_reachesAllOthersAtOnce() {
    MemoryNetwork network = MemoryNetwork.synchronous("test");
    CollectingReceiver own = new CollectingReceiver();
    CollectingReceiver third = new CollectingReceiver();
    MemoryTransport sender = started(network, "sender", own);
    started(network, "receiver", received);
    started(network, "third", third);

    sender.send(bytes("hello"));

    assertThat(received.all()).containsExactly("hello");
    assertThat(third.all()).containsExactly("hello");
    assertThat(own.all()).isEmpty();
    assertThat(sender.description()).isEqualTo("memory network test, member sender");
  }

  @Test
  void send_steppedNetwork_waitsUntilDelivered() {
    MemoryNetwork network = MemoryNetwork.stepped("test");
    MemoryTransport sender = started(network, "sender", (datagram, source) -> {});
    started(network, "receiver", received);

    sender.send(bytes("one"));
    sender.send(bytes("two"));
    sender.send(bytes("three"));

    assertThat(received.all()).isEmpty();
    assertThat(network.deliverNext()).isTrue();
    assertThat(received.all()).containsExactly("one");
    assertThat(network.deliverAll()).isEqualTo(2);
    assertThat(received.all()).containsExactly("one", "two", "three");
    assertThat(network.deliverNext()).isFalse();
  }

  @Test
  void sendToOne_sourceOfADatagram_answersItsSenderAlone() {
    for (MemoryNetwork network :
        List.of(MemoryNetwork.synchronous("test"), MemoryNetwork.stepped("test"))) {
      CollectingReceiver asking = new CollectingReceiver();
      CollectingReceiver answering = new CollectingReceiver();
      CollectingReceiver third = new CollectingReceiver();
      MemoryTransport first = started(network, "first", asking);
      MemoryTransport second = started(network, "second", answering);
      MemoryTransport other = started(network, "third", third);

      first.send(bytes("question"));
      network.deliverAll();
      second.send(bytes("answer"), answering.lastSource());
      network.deliverAll();
      first.send(bytes("thanks"), asking.lastSource());
      network.deliverAll();

      assertThat(asking.all()).containsExactly("answer");
      assertThat(answering.all()).containsExactly("question", "thanks");
      assertThat(third.all()).containsExactly("question");
      assertThat(first.statistics().sent()).isEqualTo(2);
      assertThat(first.statistics().unicastSent()).isEqualTo(1);
      assertThat(first.statistics().unicastSentBytes()).isEqualTo(6);
      assertThat(second.statistics().received()).isEqualTo(2);
      assertThat(second.statistics().unicastReceived()).isEqualTo(1);
      assertThat(second.statistics().unicastReceivedBytes()).isEqualTo(6);
      assertThat(other.statistics().unicastReceived()).isZero();
    }
  }

  @Test
  void sendToOne_memberThatCameBackUnderItsName_isNotTheOneBefore() {
    MemoryNetwork network = MemoryNetwork.synchronous("test");
    MemoryTransport sender = started(network, "sender", received);
    MemoryTransport before = started(network, "receiver", (datagram, source) -> {});
    before.send(bytes("hello"));
    before.close();
    CollectingReceiver after = new CollectingReceiver();
    started(network, "receiver", after);

    sender.send(bytes("answer"), received.lastSource());

    assertThat(after.all()).isEmpty();
    assertThat(sender.statistics().unicastSent()).isEqualTo(1);
    assertThat(sender.statistics().sendFailures()).isZero();
  }

  @Test
  void sendToOne_addressOfAnotherKindOrBeforeTheStart_isCountedAndDoesNotThrow() {
    MemoryNetwork network = MemoryNetwork.synchronous("test");
    MemoryTransport sender = network.transport("sender");

    sender.send(bytes("too early"), new MemoryAddress("receiver"));
    sender.start((datagram, source) -> {});
    sender.send(bytes("wrong"), new InetSocketAddress("127.0.0.1", 7));

    assertThat(sender.statistics().sendFailures()).isEqualTo(2);
    assertThat(sender.statistics().sent()).isZero();
  }

  @Test
  void sendToOne_overFaults_isLostDoubledAndReordered() {
    MemoryNetwork network = MemoryNetwork.synchronous("test");
    CollectingReceiver third = new CollectingReceiver();
    MemoryTransport asking = started(network, "asking", received);
    started(network, "third", third);
    try (FaultyTransport faulty =
        new FaultyTransport(
            network.transport("answering"), new SplittableRandom(1), 0.2, 0.2, 0.2)) {
      CollectingReceiver answering = new CollectingReceiver();
      faulty.start(answering);
      asking.send(bytes("question"));
      third.all().clear();
      for (int i = 0; i < 100; i++) {
        faulty.send(bytes(Integer.toString(i)), answering.lastSource());
      }
    }

    List<String> all = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
    List<String> got = List.copyOf(received.all());
    assertThat(third.all()).isEmpty();
    assertThat(got.stream().distinct().count()).as("not lost").isBetween(60L, 95L);
    List<Integer> numbers = got.stream().map(Integer::valueOf).toList();
    assertThat(got).isSubsetOf(all).doesNotContainSequence(all);
    assertThat(got.size()).as("doubled").isGreaterThan((int) got.stream().distinct().count());
    assertThat(numbers).as("reordered").isNotEqualTo(numbers.stream().sorted().toList());
  }

  @Test
  void close_receiver_hearsNoMore() {
    MemoryNetwork network = MemoryNetwork.stepped("test");
    MemoryTransport sender = started(network, "sender", (datagram, source) -> {});
    MemoryTransport receiver = started(network, "receiver", received);
    sender.send(bytes("in flight"));

    receiver.close();
    network.deliverAll();
    receiver.send(bytes("too late"));

    assertThat(received.all()).isEmpty();
    assertThat(receiver.statistics().sendFailures()).isEqualTo(1);
    assertThatThrownBy(() -> receiver.start(received)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void send_overFaults_losesDoublesAndReordersTheSameWayForTheSameSeed() {
    List<String> once = throughFaults(7);

    assertThat(once).isEqualTo(throughFaults(7)).isNotEqualTo(throughFaults(8));
    assertThat(once).doesNotHaveDuplicates().isNotEmpty();
  }

  @Test
  void send_overEachFault_doesWhatItIsCalled() {
    List<String> all = IntStream.range(0, 100).mapToObj(Integer::toString).toList();

    assertThat(throughFaults(1, 0, 0, 0)).isEqualTo(all);
    assertThat(throughFaults(1, 1, 0, 0)).isEmpty();
    assertThat(throughFaults(1, 0, 1, 0)).hasSize(200).containsAll(all);
    assertThat(throughFaults(1, 0, 0, 0.3))
        .containsExactlyInAnyOrderElementsOf(all)
        .isNotEqualTo(all);
  }

  private List<String> throughFaults(long seed) {
    return throughFaults(seed, 0.2, 0, 0.2);
  }

  private static List<String> throughFaults(
      long seed, double loss, double duplication, double reordering) {
    MemoryNetwork network = MemoryNetwork.synchronous("test");
    CollectingReceiver receiver = new CollectingReceiver();
    started(network, "receiver", receiver);
    try (FaultyTransport faulty =
        new FaultyTransport(
            network.transport("sender"),
            new SplittableRandom(seed),
            loss,
            duplication,
            reordering)) {
      faulty.start((datagram, source) -> {});
      for (int i = 0; i < 100; i++) {
        faulty.send(bytes(Integer.toString(i)));
      }
    }
    return List.copyOf(receiver.all());
  }

  private static MemoryTransport started(MemoryNetwork network, String name, Receiver receiver) {
    MemoryTransport transport = network.transport(name);
    transport.start(receiver);
    return transport;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
