package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.Codec;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Code of the application that does not return holds up the operation that called it, and no other
 * cache of its member: changes of that one still come and go, and the member is not suspected.
 */
class SlowApplicationTest {

  private final SharedFixture fixture = new SharedFixture();

  @AfterEach
  void close() {
    Gate.open();
    fixture.close();
  }

  /** Where the code of the application stops while the gate is closed. */
  private static final class Gate {

    private static volatile String closedFor = "";
    private static volatile CountDownLatch reached = new CountDownLatch(1);
    private static volatile CountDownLatch opened = new CountDownLatch(0);

    static void close(String place) {
      reached = new CountDownLatch(1);
      opened = new CountDownLatch(1);
      closedFor = place;
    }

    static void open() {
      closedFor = "";
      opened.countDown();
    }

    /** For code of the application that a thread of the cache calls. */
    static void passByMember(String place) {
      if (Thread.currentThread().getName().startsWith("mccache-")) {
        pass(place);
      }
    }

    static void pass(String place) {
      if (place.equals(closedFor)) {
        reached.countDown();
        try {
          opened.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  // ---- what the application has written ----

  /** Its code runs at once where an operation calls it. */
  private static final class Key implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String name;

    Key(String name) {
      this.name = name;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      Gate.passByMember("key");
      out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      Gate.passByMember("key");
      in.defaultReadObject();
    }

    @Override
    public boolean equals(Object other) {
      Gate.passByMember("key");
      return other instanceof Key that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      Gate.passByMember("key");
      return name.hashCode();
    }
  }

  private static final class Value implements Serializable {

    private static final long serialVersionUID = 1L;

    private void writeObject(ObjectOutputStream out) throws IOException {
      Gate.pass("writeObject");
      out.defaultWriteObject();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Value;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  private record Coded(String text) {}

  private static final class CodedCodec implements Codec<Coded> {

    @Override
    public int number() {
      return 70;
    }

    @Override
    public Class<Coded> type() {
      return Coded.class;
    }

    @Override
    public boolean immutable() {
      return true;
    }

    @Override
    public byte[] encode(Coded object) {
      Gate.pass("encode");
      return object.text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Coded decode(byte[] bytes) {
      Gate.pass("decode");
      return new Coded(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  // ---- two members with two caches ----

  private McCacheConfiguration<Object, Object> slow() {
    McCacheConfiguration<Object, Object> configuration =
        SharedFixture.configuration(Mode.REPLICATE).addCodec(new CodedCodec());
    configuration.setTypes(Object.class, Object.class);
    configuration.setStoreByValue(false);
    return configuration;
  }

  private void othersGoOn(
      McCacheConfiguration<Object, Object> configuration, String place, Object key, Object value)
      throws Exception {
    McCacheManager one = fixture.member();
    McCacheManager two = fixture.member();
    Cache<Object, Object> slowHere = SharedFixture.open(one, configuration);
    Cache<Object, Object> slowThere = SharedFixture.open(two, configuration);
    McCacheConfiguration<Object, Object> plain = SharedFixture.configuration(Mode.REPLICATE);
    JCache<Object, Object> here = (JCache<Object, Object>) one.createCache("other", plain);
    JCache<Object, Object> there = (JCache<Object, Object>) two.createCache("other", plain);
    await().until(() -> fixture.areAlive(1));
    slowThere.put("classes are known", value);
    slowHere.put("classes are known here", value);
    slowThere.put(key, value);
    await().until(() -> slowHere.containsKey(key));

    Gate.close(place);
    CompletableFuture<Void> operation =
        CompletableFuture.runAsync(
            () -> {
              slowHere.put(key, value);
              while (place.equals("decode") && Gate.reached.getCount() > 0) {
                slowThere.get(key);
              }
            });
    assertThat(Gate.reached.await(60, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 100; i++) {
      here.put("from here " + i, i);
      there.put("from there " + i, i);
    }
    await().until(() -> there.containsKey("from here 99") && here.containsKey("from there 99"));
    assertThat(here.awaitCoherent(Duration.ofSeconds(60))).isTrue();
    assertThat(there.awaitCoherent(Duration.ofSeconds(60))).isTrue();
    assertThat(fixture.areAlive(1)).isTrue();
    assertThat(threadsAt("SlowApplicationTest$Gate"))
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("mccache-node"));

    Gate.open();
    assertThat(operation).succeedsWithin(Duration.ofSeconds(60));
    await().until(() -> value.equals(slowThere.get(key)));
  }

  private static List<String> threadsAt(String className) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            thread ->
                List.of(thread.getValue()).stream()
                    .anyMatch(frame -> frame.getClassName().endsWith(className)))
        .map(thread -> thread.getKey().getName())
        .toList();
  }

  @Test
  void put_writeObjectThatDoesNotReturn_otherCachesGoOn() throws Exception {
    othersGoOn(slow(), "writeObject", "k", new Value());
  }

  @Test
  void put_codecThatDoesNotReturn_otherCachesGoOn() throws Exception {
    othersGoOn(slow(), "encode", "k", new Coded("v"));
  }

  @Test
  void get_codecThatDoesNotReturn_otherCachesGoOn() throws Exception {
    othersGoOn(slow(), "decode", "k", new Coded("v"));
  }

  @Test
  void receive_keyThatDoesNotReturn_otherCachesGoOn() throws Exception {
    othersGoOn(slow(), "key", new Key("k"), "v");
  }

  @Test
  void put_weigherThatDoesNotReturn_otherCachesGoOn() throws Exception {
    McCacheConfiguration<Object, Object> weighing = slow();
    weighing.setMaximumWeight(
        1_000,
        (key, value) -> {
          Gate.pass("weigher");
          return 1;
        });
    othersGoOn(weighing, "weigher", "k", new Coded("v"));
  }

  /** The weigher of the member that receives the value. */
  @Test
  void receive_weigherThatDoesNotReturn_otherCachesGoOn() throws Exception {
    McCacheConfiguration<Object, Object> weighing = slow();
    weighing.setMaximumWeight(
        1_000,
        (key, value) -> {
          Gate.passByMember("received");
          return 1;
        });
    othersGoOn(weighing, "received", "k", new Coded("v"));
  }
}
