package io.github.mccache.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mccache.protocol.Message;
import io.github.mccache.wire.proto.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.Shrinkable;

/**
 * The codec with protobuf as the jar carries it: without the messages in which protobuf describes
 * messages, which {@code reduce.pro} leaves out.
 */
class FrameCodecWithoutDescriptorsTest {

  private static final int CONVERSATIONS = 200;

  @Example
  void encodeAndOpen_anyMessages_needNoDescriptor() throws Exception {
    run(Exchange.class);
  }

  @Example
  void open_whatOthersSend_needsNoDescriptor() throws Exception {
    run(Foreign.class);
  }

  @Example
  void toString_generatedMessage_needsOne() {
    assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(() -> run(Text.class));
  }

  private static void run(Class<? extends Runnable> type) throws Exception {
    Class<?> isolated = new WithoutDescriptors().loadClass(type.getName());
    ((Runnable) isolated.getDeclaredConstructor().newInstance()).run();
  }

  /** Encodes messages, and opens the datagrams: whole, cut and with a changed byte. */
  public static final class Exchange implements Runnable {

    @Override
    public void run() {
      Random random = new Random(1);
      Messages.any().list().ofMaxSize(12).generator(1000).stream(random)
          .limit(CONVERSATIONS)
          .map(Shrinkable::value)
          .forEach(messages -> exchange(messages, random));
    }

    private static void exchange(List<Message> messages, Random random) {
      FrameCodec sender = Datagrams.sender(1344);
      List<Message> fitting = Messages.fitting(messages, sender);
      List<Message> received = new ArrayList<>();
      for (byte[] datagram : sender.encode(fitting)) {
        received.addAll(Datagrams.opened(datagram).messages());
        Datagrams.open(Arrays.copyOf(datagram, random.nextInt(datagram.length)));
        byte[] changed = datagram.clone();
        changed[Prefix.BYTES + random.nextInt(datagram.length - Prefix.BYTES)]++;
        Datagrams.open(changed);
      }
      assertThat(Messages.meaning(received)).isEqualTo(Messages.meaning(fitting));
      for (Message message : fitting) {
        if (!(message instanceof Message.Fragment)) {
          byte[] body = sender.encodeBody(message);
          Datagrams.receiver().decodeBody(Messages.SELF, body);
        }
      }
    }
  }

  /** Opens bodies that no codec of ours sends. */
  public static final class Foreign implements Runnable {

    @Override
    public void run() {
      byte[] datagram =
          Datagrams.datagram(
              Wire.Body.newBuilder()
                  .setDiagnostic(
                      Wire.Diagnostic.newBuilder()
                          .addFigures(Wire.Figure.newBuilder().setKey("received").setValue(12))
                          .addKeys(Wire.KeyDigest.getDefaultInstance())
                          .setQueryValue(1000)),
              Wire.Body.newBuilder());

      assertThat(Datagrams.opened(datagram).skippedBodies()).isEqualTo(2);
    }
  }

  /** Makes a descriptor. */
  public static final class Text implements Runnable {

    @Override
    public void run() {
      assertThat(Wire.Body.newBuilder().build().toString()).isNotNull();
    }
  }

  /**
   * Loads the product, its tests and protobuf a second time, without protobuf's descriptor
   * messages.
   */
  private static final class WithoutDescriptors extends ClassLoader {

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.google.protobuf.DescriptorProtos")
          || name.startsWith("com.google.protobuf.JavaFeaturesProto")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("com.google.protobuf.") && !name.startsWith("io.github.mccache.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream stream =
          WithoutDescriptors.class.getClassLoader().getResourceAsStream(file)) {
        if (stream == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = stream.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
