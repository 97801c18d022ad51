package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WeakClassMapTest {

  @Test
  void computeIfAbsent_sameClassTwice_computesOnce() {
    WeakClassMap<String> map = new WeakClassMap<>();
    AtomicInteger calls = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      String name =
          map.computeIfAbsent(
              String.class,
              type -> {
                calls.incrementAndGet();
                return type.getName();
              });
      assertThat(name).isEqualTo("java.lang.String");
    }
    assertThat(calls).hasValue(1);
    assertThat(map.computeIfAbsent(Integer.class, Class::getName)).isEqualTo("java.lang.Integer");
    assertThat(map.size()).isEqualTo(2);
  }
}
