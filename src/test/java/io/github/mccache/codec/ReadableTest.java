package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.Orders.Customer;
import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Order;
import io.github.mccache.codec.Orders.ThrowsOnRead;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is accepted can be read again, and what cannot is refused with the way to it. */
@SuppressWarnings("serial") // fields of any type are what is tested
class ReadableTest {

  /** Not Serializable, and only this test can make one. */
  static class Base {
    private Base(String unused) {}
  }

  static final class Derived extends Base implements Serializable {
    private static final long serialVersionUID = 1L;

    Derived() {
      super("");
    }
  }

  /** Counts how often it is read, and refuses some values. */
  static final class Checked implements Serializable {
    private static final long serialVersionUID = 1L;
    static int read;
    int number;

    Checked(int number) {
      this.number = number;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      read++;
      if (number < 0) {
        throw new InvalidObjectException("secret");
      }
    }
  }

  /** Its hash code needs a field that is not there yet while the peers are read. */
  static final class Peer implements Serializable {
    private static final long serialVersionUID = 1L;
    final String name;
    final Set<Peer> peers = new HashSet<>();

    Peer(String name) {
      this.name = name;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Peer that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  @Test
  void encodeReadable_superclassWithoutConstructor_isRefusedWithItsPath() {
    Order order = new Order();
    order.customer.extra = new Derived();
    assertThatThrownBy(() -> plain().encodeReadable(order))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(
            Order.class.getName() + ".customer.extra (" + Derived.class.getName() + ")")
        .hasMessageContaining("constructor");
  }

  @Test
  void encodeReadable_setInACycle_isRefusedThoughItsClassHasBeenRead() {
    Codecs codecs = plain();
    Peer peer = new Peer("a");
    peer.peers.add(new Peer("b"));
    assertThat(codecs.decode(codecs.encodeReadable(peer))).isEqualTo(peer);
    peer.peers.add(peer);
    assertThatThrownBy(() -> codecs.encodeReadable(peer))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(Peer.class.getName())
        .hasMessageContaining("NullPointerException");
  }

  @Test
  void encodeReadable_readObjectThrowsForSomeValues_isRefusedForThose() {
    Codecs codecs = plain();
    codecs.encodeReadable(new Checked(1));
    List<Object> list = new ArrayList<>(List.of("a", new Checked(-1)));
    assertThatThrownBy(() -> codecs.encodeReadable(list))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("java.util.ArrayList[1] (" + Checked.class.getName() + ")")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> codecs.copy(new ThrowsOnRead(IllegalStateException.class)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(ThrowsOnRead.class.getName());
  }

  @Test
  void encodeReadable_classThatReadsItself_isReadEachTimeAndOthersOnce() {
    Codecs codecs = plain();
    List<Object> list = new ArrayList<>(List.of(new Line("a", 1)));
    Checked.read = 0;
    for (int i = 0; i < 3; i++) {
      codecs.encodeReadable(new Checked(1));
      codecs.encodeReadable(list);
    }
    assertThat(Checked.read).isEqualTo(3);
    list.add(new Checked(1));
    codecs.encode(list);
    assertThat(Checked.read).as("encode alone never reads").isEqualTo(3);
  }

  record Plain(String name) {}

  record Serial(String name, Shape shape, Customer customer) implements Serializable {}

  record Outer(Plain inner) implements Serializable {}

  record Values(String name, int[] numbers, Shape shape) implements Serializable {}

  sealed interface Shape permits Circle, Line2 {}

  record Circle(double radius) implements Shape, Serializable {}

  record Line2(double length) implements Shape {}

  @Test
  void encodeReadable_recordThatIsNotSerializable_isRefusedAsAnObjectIs() {
    Codecs codecs = plain();
    assertThat(codecs.isImmutable(new Plain("a"))).isTrue();
    assertThat(codecs.isPlain(new Plain("a"))).isFalse();
    assertThatThrownBy(() -> codecs.encodeReadable(new Plain("secret")))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(Plain.class.getName())
        .hasMessageContaining("not Serializable")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> codecs.encodeReadable(new Outer(new Plain("a"))))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(Outer.class.getName() + ".inner (" + Plain.class.getName() + ")");
  }

  record Replaced(String name) implements Serializable {

    private Object writeReplace() {
      return name;
    }
  }

  @Test
  void isPlain_whatNoCodeOfTheApplicationEncodes_isTrue() {
    Codecs codecs = plain();
    for (Object object : List.of("a", 1L, new Circle(1), new byte[0], Thread.State.NEW)) {
      assertThat(codecs.isPlain(object)).as(object.getClass().getName()).isTrue();
    }
    for (Object object :
        List.of(
            new ArrayList<>(List.of("a")),
            new Replaced("a"),
            new Outer(null),
            new Values("a", new int[0], new Circle(1)),
            new Serial("a", new Circle(1), null))) {
      assertThat(codecs.isPlain(object)).as(object.getClass().getName()).isFalse();
    }
  }

  @Test
  void encodeReadable_whatCanBeEncoded_passes() {
    Codecs codecs = plain();
    for (Object object :
        List.of(
            "a",
            1L,
            new Circle(1),
            new Outer(null),
            new Values("a", new int[0], new Circle(1)),
            new Serial("a", new Circle(1), null))) {
      assertThatCode(() -> codecs.encodeReadable(object)).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> codecs.encodeReadable(new Values("a", null, new Line2(1))))
        .isInstanceOf(EncodingException.class);
  }
}
