package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.Acknowledge;
import io.github.mccache.api.LoadTicket;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.wire.FrameCodec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes that wait for the others, and what members know of how far they have got. */
class AcknowledgeTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Cluster cluster = new Cluster();

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  private McCache<String, String> acknowledged(Duration timeout) {
    return Cluster.open(
        cluster.member(),
        Mode.REPLICATE,
        c -> c.setAcknowledge(Acknowledge.ALL).setAcknowledgeTimeout(timeout));
  }

  private void awaitTwoMembers() {
    await()
        .until(
            () ->
                cluster.memberBean(0, "AliveMembers").equals(1)
                    && cluster.memberBean(1, "AliveMembers").equals(1)
                    && cluster.memberBean(0, "Joined").equals(true)
                    && cluster.memberBean(1, "Joined").equals(true));
  }

  static List<Consumer<McCache<String, String>>> writes() {
    return List.of(
        cache -> cache.put("key", "new"),
        cache -> cache.getAndPut("key", "new"),
        cache -> cache.putAll(Map.of("key", "new", "other", "new")),
        cache -> cache.replace("key", "new"),
        cache -> cache.replace("key", "old", "new"),
        cache -> cache.getAndReplace("key", "new"),
        cache -> cache.remove("key"),
        cache -> cache.remove("key", "old"),
        cache -> cache.getAndRemove("key"),
        cache -> cache.removeAll(Set.of("key")),
        McCache::removeAll,
        McCache::clear,
        cache -> cache.invoke("key", (entry, arguments) -> setNew(entry::setValue)),
        cache -> cache.invokeAll(Set.of("key"), (entry, arguments) -> setNew(entry::setValue)),
        cache -> cache.putAsync("key", "new").join());
  }

  private static String setNew(Consumer<String> set) {
    set.accept("new");
    return null;
  }

  @ParameterizedTest
  @MethodSource("writes")
  void write_returned_everyMemberHasIt(Consumer<McCache<String, String>> write) {
    McCache<String, String> writer = acknowledged(LONG);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();
    writer.put("key", "old");
    assertThat(reader.get("key")).isEqualTo("old");

    write.accept(writer);

    assertThat(reader.get("key")).isEqualTo(writer.get("key")).isNotEqualTo("old");
  }

  @Test
  void write_byAProcessorOfAnotherCache_isWaitedForByThatOperation() {
    CacheManager manager = cluster.member();
    McCache<String, String> writer =
        Cluster.open(manager, Mode.REPLICATE, c -> c.setAcknowledge(Acknowledge.ALL));
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    McCacheConfiguration<String, String> local = new McCacheConfiguration<>();
    local.setMode(Mode.LOCAL).setTypes(String.class, String.class);
    Cache<String, String> caller = manager.createCache("local", local);
    awaitTwoMembers();

    for (int n = 0; n < 20; n++) {
      String value = "value " + n;
      caller.invoke(
          "any",
          (entry, arguments) -> {
            writer.put("key", value);
            return null;
          });
      assertThat(reader.get("key")).isEqualTo(value);
    }
  }

  @Test
  void write_alone_waitsForNobody() {
    McCache<String, String> writer = acknowledged(LONG);

    writer.put("key", "value");

    assertThat(writer.get("key")).isEqualTo("value");
  }

  @Test
  void write_aMemberDoesNotAnswer_namesItAndStays() throws Exception {
    McCache<String, String> writer = acknowledged(Duration.ofMillis(200));
    try (SilentMember silent = new SilentMember()) {
      silent.live();
      await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));

      assertThatThrownBy(() -> writer.put("key", "value"))
          .isInstanceOf(CacheException.class)
          .hasMessageContaining("cache \"cache\"")
          .hasMessageContaining("200 ms")
          .hasMessageContaining("silent");
      assertThat(writer.get("key")).isEqualTo("value");

      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> writer.put("key", "another"))
          .isInstanceOf(CacheException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(writer.get("key")).isEqualTo("another");
      assertThat(writer.awaitCoherent(Duration.ofMillis(100))).isFalse();
    }
  }

  @Test
  void fill_aMemberDoesNotAcknowledge_waitsForNobody() throws Exception {
    McCache<String, String> cache =
        Cluster.open(
            cluster.member(),
            Mode.REPLICATE,
            c ->
                c.setFillAfterMiss(true)
                    .setAcknowledge(Acknowledge.ALL)
                    .setAcknowledgeTimeout(Duration.ofMillis(200)));
    try (SilentMember silent = new SilentMember()) {
      silent.live();
      await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));

      assertThat(cache.get("key")).isNull();
      cache.put("key", "loaded");
      assertThat(cache.get("key")).isEqualTo("loaded");
      try (LoadTicket<String> ticket = cache.beginLoad("other")) {
        assertThat(ticket.complete("loaded")).isTrue();
      }

      assertThatThrownBy(() -> cache.put("key", "written")).isInstanceOf(CacheException.class);
    }
  }

  @Test
  void invokeAll_endsInAnError_leavesNothingToTheNextOperation() throws Exception {
    CacheManager manager = cluster.member();
    McCache<String, String> writer =
        Cluster.open(
            manager,
            Mode.REPLICATE,
            c -> c.setAcknowledge(Acknowledge.ALL).setAcknowledgeTimeout(Duration.ofMillis(200)));
    McCacheConfiguration<String, String> local = new McCacheConfiguration<>();
    local.setMode(Mode.LOCAL).setTypes(String.class, String.class);
    Cache<String, String> caller = manager.createCache("local", local);
    try (SilentMember silent = new SilentMember()) {
      silent.live();
      await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));

      assertThatThrownBy(
              () ->
                  caller.invokeAll(
                      Set.of("any"),
                      (entry, arguments) -> {
                        writer.put("key", "value");
                        throw new AssertionError("planted");
                      }))
          .hasMessage("planted");

      caller.put("other", "waits for no member");
    }
  }

  @Test
  void awaitCoherent_changesOfAnother_areHereWhenItReturns() throws Exception {
    McCache<String, String> writer = Cluster.open(cluster.member(), Mode.REPLICATE);
    McCache<String, String> reader = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitTwoMembers();
    for (int n = 0; n < 1_000; n++) {
      writer.put("key " + n, "value");
    }

    assertThat(reader.awaitCoherent(LONG)).isTrue();

    assertThat(reader.keys()).hasSize(1_000);
    assertThat((Long) cluster.memberBean(1, "StalenessMillis")).isBetween(1L, 10_000L);
  }

  @Test
  void awaitCoherent_localOrAlone_isTrueAtOnce() throws Exception {
    McCache<String, String> local = Cluster.open(cluster.member(), Mode.LOCAL);
    McCache<String, String> alone = Cluster.open(cluster.member(), Mode.REPLICATE);

    assertThat(local.awaitCoherent(Duration.ZERO)).isTrue();
    assertThat(alone.awaitCoherent(Duration.ZERO)).isTrue();
  }

  @Test
  void get_isolatedAndToldToMiss_misses() throws Exception {
    McCache<String, String> missing =
        Cluster.open(cluster.member(), Mode.REPLICATE, c -> c.setOnIsolated(OnIsolated.MISS));
    missing.put("key", "value");
    assertThat(missing.get("key")).as("who knows of nobody is not isolated").isEqualTo("value");

    try (SilentMember silent = new SilentMember()) {
      silent.live();
      await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));
      assertThat(missing.get("key")).isEqualTo("value");
      // it says nothing any more, and was not heard to leave
      await().atMost(LONG).until(() -> cluster.memberBean(0, "Isolated").equals(true));
      assertThat(missing.get("key")).isNull();

      silent.live();
      await().until(() -> cluster.memberBean(0, "Isolated").equals(false));
      assertThat(missing.get("key")).isEqualTo("value");
    }
  }

  @Test
  void value_ofAnotherVersionOfTheApplication_isAMiss() {
    String version = "mccache.cluster.app-version";
    McCache<String, String> older = Cluster.open(cluster.member(version, "1"), Mode.REPLICATE);
    McCache<String, String> newer = Cluster.open(cluster.member(version, "2"), Mode.REPLICATE);
    McCache<String, String> friend = Cluster.open(cluster.member(version, "1"), Mode.REPLICATE);
    await().until(() -> cluster.memberBean(0, "AliveMembers").equals(2));
    await().until(() -> cluster.memberBean(1, "AliveMembers").equals(2));
    newer.put("key", "of the newer");
    await().until(() -> !older.containsKey("key"));

    older.put("key", "of the older");

    await().until(() -> "of the older".equals(friend.get("key")));
    await().until(() -> newer.get("key") == null);
  }

  /** Says that it is alive, and applies nothing. */
  private final class SilentMember implements AutoCloseable {

    private final MulticastSocket socket = new MulticastSocket();
    private final FrameCodec codec =
        new FrameCodec(
            FrameCodec.clusterTag(cluster.name(), cluster.uri().toString()),
            new NodeId(11, 12),
            1_344,
            0);

    SilentMember() throws IOException {
      socket.setNetworkInterface(
          NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
      socket.setTimeToLive(0);
    }

    void live() throws IOException {
      long time = HybridTime.ofMillis(System.currentTimeMillis());
      Message heartbeat =
          new Message.Heartbeat(
              "silent",
              0,
              0,
              time,
              true,
              List.of(),
              List.of(),
              Version.NONE,
              Message.Feedback.GOOD);
      InetSocketAddress group =
          new InetSocketAddress(InetAddress.getByName("239.192.77.67"), cluster.port());
      for (byte[] datagram : codec.encode(List.of(heartbeat))) {
        socket.send(new DatagramPacket(datagram, datagram.length, group));
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
