package io.github.mccache.api;

/**
 * Turns objects of one class into bytes and back, for the network and for store-by-value. An
 * instance is called from many threads at once. Every member of the cluster must use the same codec
 * under the same number.
 *
 * @param <T> the class of the objects
 */
public interface Codec<T> {

  /** The lowest {@link #number} that is free for users; those below are the product's. */
  int FIRST_USER_NUMBER = 64;

  /**
   * Returns the number that marks this codec's bytes on the network: {@value #FIRST_USER_NUMBER} or
   * more.
   */
  int number();

  /** Returns the class whose instances this codec encodes; subclasses are not meant. */
  Class<T> type();

  /**
   * Returns the object as bytes. Two objects that are equal must give the same bytes when they are
   * used as keys.
   *
   * @param object never null
   */
  byte[] encode(T object);

  /**
   * Returns the object of these bytes, never null. The bytes may come from the network: a decoder
   * checks them and throws any {@link RuntimeException} for those that are wrong, which makes the
   * entry a miss.
   */
  T decode(byte[] bytes);

  /**
   * Returns whether instances never change, so that they need not be copied for store-by-value;
   * false by default.
   */
  default boolean immutable() {
    return false;
  }
}
