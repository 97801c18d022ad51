package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Collection;
import java.util.List;

/** Codecs of caches that differ in what they allow, and what decoding says. */
final class CodecsFixture {

  private CodecsFixture() {}

  static Codecs plain() {
    return allowing();
  }

  static Codecs allowing(String... patterns) {
    return new Codecs(loader(), List.of(), List.of(patterns), List.of());
  }

  static Codecs declaring(Class<?>... types) {
    Collection<? extends Class<?>> declared = List.of(types);
    return new Codecs(loader(), List.of(), List.of(), declared);
  }

  static ClassLoader loader() {
    return CodecsFixture.class.getClassLoader();
  }

  /** Decodes what another member encoded: one with a cache of its own, that has learned nothing. */
  static Object receive(Codecs receiver, Object object) {
    return receiver.decode(plain().encode(object));
  }

  static DecodingException refused(Codecs receiver, Encoded encoded) {
    DecodingException thrown =
        catchThrowableOfType(DecodingException.class, () -> receiver.decode(encoded));
    if (thrown == null) {
      throw new AssertionError("decoded what was to be refused");
    }
    return thrown;
  }
}
