package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.allowing;
import static io.github.mccache.codec.CodecsFixture.declaring;
import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.receive;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.DecodingException.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EnumCodecTest {

  enum Shape {
    ROUND,
    SQUARE {
      @Override
      int corners() {
        return 4;
      }
    };

    int corners() {
      return 0;
    }
  }

  static final class Trap {
    static boolean sprung;
  }

  enum Initialized {
    ONE;

    static {
      Trap.sprung = true;
    }
  }

  enum Broken {
    ONE;

    static {
      refuse();
    }

    private static void refuse() {
      throw new IllegalStateException("a secret");
    }
  }

  private static Encoded named(String className, String constant) {
    byte[] name = className.getBytes(StandardCharsets.UTF_8);
    byte[] rest = constant.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[2 + name.length + rest.length];
    bytes[1] = (byte) name.length;
    System.arraycopy(name, 0, bytes, 2, name.length);
    System.arraycopy(rest, 0, bytes, 2 + name.length, rest.length);
    return new Encoded(CodecNumber.ENUM, bytes);
  }

  @Test
  void decode_ownConstant_isTheSameObject() {
    Codecs codecs = plain();
    assertThat(codecs.decode(codecs.encode(Shape.SQUARE))).isSameAs(Shape.SQUARE);
    assertThat(codecs.decode(codecs.encode(Shape.ROUND))).isSameAs(Shape.ROUND);
    assertThat(codecs.sizeOf(Shape.SQUARE)).isEqualTo(codecs.encode(Shape.SQUARE).bytes().length);
  }

  @Test
  void decode_declaredOrAllowedEnum_isTheSameObject() {
    assertThat(receive(declaring(Shape.class), Shape.SQUARE)).isSameAs(Shape.SQUARE);
    assertThat(receive(allowing("io.github.mccache.codec.*"), Shape.SQUARE)).isSameAs(Shape.SQUARE);
  }

  @Test
  void decode_strangeEnum_isNotInitialized() {
    DecodingException thrown = refused(plain(), named(Initialized.class.getName(), "ONE"));
    assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(thrown.className()).isEqualTo(Initialized.class.getName());
    assertThat(Trap.sprung).isFalse();
  }

  @Test
  void decode_enumThatFailsToInitialize_isUndecodable() {
    Codecs codecs = declaring(Broken.class);
    DecodingException thrown = refused(codecs, named(Broken.class.getName(), "ONE"));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown).hasMessageNotContaining("secret");
    assertThat(refused(codecs, named(Broken.class.getName(), "ONE")).reason())
        .isEqualTo(Reason.UNDECODABLE);
  }

  @Test
  void decode_constantThatIsNotHere_isUndecodable() {
    DecodingException thrown =
        refused(declaring(Shape.class), named(Shape.class.getName(), "TRIANGLE"));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown).hasMessageNotContaining("TRIANGLE");
  }

  @Test
  void decode_allowedClassThatIsNoEnum_isUndecodable() {
    DecodingException thrown = refused(plain(), named("java.lang.String", "ONE"));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
  }

  @Test
  void decode_allowedClassThatIsNotHere_isNotFound() {
    DecodingException thrown = refused(allowing("com.acme.*"), named("com.acme.Gone", "ONE"));
    assertThat(thrown.reason()).isEqualTo(Reason.CLASS_NOT_FOUND);
    assertThat(thrown.className()).isEqualTo("com.acme.Gone");
  }

  @Test
  void decode_nameThatWouldForgeALogLine_isShownHarmless() {
    DecodingException thrown = refused(plain(), named("com.acme.X\nERROR \u001b[0m\"", "ONE"));
    assertThat(thrown.className()).isEqualTo("com.acme.X?ERROR??[0m?");
    assertThat(thrown.getMessage()).doesNotContain("\n", "\u001b");
  }
}
