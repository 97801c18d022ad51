package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Order;
import io.github.mccache.codec.Orders.ThrowsOnWrite;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is said of an object that cannot be encoded. */
class EncodingFailureTest {

  private static final String ORDER = Order.class.getName();

  private record Holder(Object first, Object second) implements Serializable {}

  private static EncodingException failure(Object object) {
    EncodingException thrown =
        catchThrowableOfType(EncodingException.class, () -> plain().encode(object));
    assertThat(thrown).isNotNull();
    assertThat(thrown).hasMessageContaining(thrown.path()).hasMessageNotContaining("secret");
    return thrown;
  }

  @Test
  void encode_fieldThatIsNotSerializable_isNamedByItsPath() {
    Order order = new Order();
    order.customer.extra = new Socket();
    EncodingException thrown = failure(order);
    assertThat(thrown.className()).isEqualTo("java.net.Socket");
    assertThat(thrown.path()).isEqualTo(ORDER + ".customer.extra (java.net.Socket)");
    assertThat(thrown).hasMessageContaining("not Serializable");
  }

  @Test
  void encode_elementThatIsNotSerializable_isNamedByItsPath() {
    Order order = new Order();
    order.others = new Object[] {"secret", List.of(1, new Object())};
    assertThat(failure(order).path()).isEqualTo(ORDER + ".others[1][1] (java.lang.Object)");
    order.others = new Object[0];
    order.attributes.put("secret", new Holder("secret", new Socket()));
    assertThat(failure(order).path())
        .isEqualTo(ORDER + ".attributes[value].second (java.net.Socket)");
  }

  @Test
  void encode_keyOfAMapThatIsNotSerializable_isNamedByItsPath() {
    Map<Thread, String> map = new TreeMap<>((a, b) -> 0);
    map.put(new Thread("secret"), "secret");
    EncodingException comparator = failure(map);
    assertThat(comparator.className()).contains("EncodingFailureTest");
    Map<Object, String> simple = new java.util.HashMap<>();
    simple.put(new Thread("secret"), "secret");
    assertThat(failure(simple).path()).isEqualTo("java.util.HashMap[key] (java.lang.Thread)");
  }

  @Test
  void encode_secondOfTwoObjectsOfAClass_isTheOneThatIsNamed() {
    Object bad = new Holder("a", new Socket());
    assertThat(failure(new ArrayList<>(List.of(new Holder("a", "b"), bad))).path())
        .isEqualTo("java.util.ArrayList[1].second (java.net.Socket)");
  }

  @Test
  void encode_rootThatIsNotSerializable_isNamedAlone() {
    EncodingException thrown = failure(new Object());
    assertThat(thrown.className()).isEqualTo("java.lang.Object");
    assertThat(thrown.path()).isEqualTo("java.lang.Object");
  }

  @Test
  void encode_graphThatHoldsAnException_isNotMistaken() {
    Holder holder = new Holder(new NotSerializableException("secret"), new Socket());
    EncodingException thrown = failure(holder);
    assertThat(thrown.className()).isNotEqualTo("java.lang.String");
    assertThat(thrown.path()).startsWith(Holder.class.getName());
  }

  @Test
  void encode_writeObjectThrows_namesTheClassThatThrew() {
    for (Throwable error :
        List.of(
            new IllegalStateException("secret"),
            new NotSerializableException("secret"),
            new NoClassDefFoundError("secret"),
            new AssertionError("secret"))) {
      error.setStackTrace(
          new StackTraceElement[] {
            new StackTraceElement(ThrowsOnWrite.class.getName(), "writeObject", "Orders.java", 1)
          });
      Order order = new Order();
      order.customer.extra = new ThrowsOnWrite(error);
      EncodingException thrown = failure(order);
      assertThat(thrown.className()).isEqualTo(ThrowsOnWrite.class.getName());
      assertThat(thrown.path())
          .isEqualTo(ORDER + ".customer.extra (" + ThrowsOnWrite.class.getName() + ")");
      assertThat(thrown).hasMessageContaining(error.getClass().getName()).hasCause(error);
    }
  }

  @Test
  void encode_afterAFailure_learnsNothingOfIt() {
    Codecs codecs = plain();
    Object[] both = {new Line("a", 1), new Object()};
    catchThrowableOfType(EncodingException.class, () -> codecs.encode(both));
    DecodingException thrown = CodecsFixture.refused(codecs, plain().encode(new Line("a", 1)));
    assertThat(thrown.className()).isEqualTo(Line.class.getName());
  }
}
