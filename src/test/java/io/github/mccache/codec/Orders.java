package io.github.mccache.codec;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What applications put into caches, well made and otherwise. */
@SuppressWarnings("serial") // the fields that are not Serializable are what is tested
final class Orders {

  private Orders() {}

  static class Party implements Serializable {
    private static final long serialVersionUID = 1L;
    String name = "";
  }

  static final class Customer extends Party {
    private static final long serialVersionUID = 1L;
    Object extra = "";
    transient Socket ignored = new Socket();
  }

  static final class Line implements Serializable {
    private static final long serialVersionUID = 1L;
    final String article;
    final int count;

    Line(String article, int count) {
      this.article = article;
      this.count = count;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Line that && article.equals(that.article) && count == that.count;
    }

    @Override
    public int hashCode() {
      return Objects.hash(article, count);
    }
  }

  static final class Order implements Serializable {
    private static final long serialVersionUID = 1L;
    Customer customer = new Customer();
    List<Line> lines = new ArrayList<>();
    Map<String, Object> attributes = new HashMap<>();
    Object[] others = {};
    Payment payment = new Cash(0);
  }

  sealed interface Payment extends Serializable permits Cash, Card {}

  record Cash(int amount) implements Payment {}

  record Card(String number, List<String> notes) implements Payment {}

  /** Like a gadget: what it does when it is deserialized must never happen unasked. */
  static final class Gadget implements Serializable {
    private static final long serialVersionUID = 1L;
    static boolean sprung;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      sprung = true;
    }
  }

  /** Swallows whatever its content throws. */
  static final class Careless implements Serializable {
    private static final long serialVersionUID = 1L;
    transient Object content = "";

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeObject(content);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      try {
        content = in.readObject();
      } catch (IOException e) {
        content = "swallowed";
      }
    }
  }

  static final class ThrowsOnWrite implements Serializable {
    private static final long serialVersionUID = 1L;
    final Object error;

    ThrowsOnWrite(Throwable error) {
      this.error = error;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      Orders.<RuntimeException>sneak((Throwable) error);
    }
  }

  static final class ThrowsOnRead implements Serializable {
    private static final long serialVersionUID = 1L;
    final Class<? extends Throwable> error;

    ThrowsOnRead(Class<? extends Throwable> error) {
      this.error = error;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      Throwable thrown;
      try {
        thrown = error.getConstructor(String.class).newInstance("a secret");
      } catch (ReflectiveOperationException e) {
        throw new InvalidObjectException(e.getMessage());
      }
      Orders.<RuntimeException>sneak(thrown);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  static final class Link implements Serializable {
    private static final long serialVersionUID = 1L;
    final Link next;

    Link(Link next) {
      this.next = next;
    }

    static Link chain(int length) {
      Link link = null;
      for (int i = 0; i < length; i++) {
        link = new Link(link);
      }
      return link;
    }
  }
}
