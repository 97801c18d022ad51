package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.allowing;
import static io.github.mccache.codec.CodecsFixture.declaring;
import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.receive;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.UninterpretedOption.NamePart;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.github.mccache.codec.DecodingException.Reason;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

  private static final Timestamp MESSAGE =
      Timestamp.newBuilder().setSeconds(1_763_850_000L).setNanos(7).build();

  @Test
  void decode_ownMessage_givesItBack() {
    Codecs codecs = plain();
    Encoded encoded = codecs.encode(MESSAGE);
    assertThat(encoded.codec()).isEqualTo(CodecNumber.PROTOBUF);
    assertThat(codecs.decode(encoded)).isEqualTo(MESSAGE);
    assertThat(codecs.sizeOf(MESSAGE)).isEqualTo(encoded.bytes().length);
    assertThat(codecs.isImmutable(MESSAGE)).isTrue();
    assertThat(codecs.copy(MESSAGE)).isSameAs(MESSAGE);
  }

  @Test
  void decode_strangeMessage_isNotAllowedUntilDeclaredOrListed() {
    StringValue value = StringValue.of("secret");
    DecodingException thrown = refused(plain(), plain().encode(value));
    assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(thrown.settingToAdd())
        .isEqualTo("mccache.serialization.allow += \"com.google.protobuf.*\"");
    assertThat(receive(declaring(StringValue.class), value)).isEqualTo(value);
    assertThat(receive(allowing("com.google.**"), value)).isEqualTo(value);
  }

  @Test
  void decode_allowedClassThatIsNoMessage_isUndecodable() {
    byte[] name = "java.lang.Integer".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] bytes = new byte[2 + name.length];
    bytes[1] = (byte) name.length;
    System.arraycopy(name, 0, bytes, 2, name.length);
    DecodingException thrown = refused(plain(), new Encoded(CodecNumber.PROTOBUF, bytes));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
  }

  /** An application with a protobuf of its own, of which the classes here know nothing. */
  @Test
  void decode_messageOfAnotherProtobuf_givesItBack() throws Exception {
    URL jar = Timestamp.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader application =
        new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = application.loadClass(Timestamp.class.getName());
      assertThat(type).isNotSameAs(Timestamp.class);
      Object builder = type.getMethod("newBuilder").invoke(null);
      builder.getClass().getMethod("setSeconds", long.class).invoke(builder, 42L);
      Object message = builder.getClass().getMethod("build").invoke(builder);
      Codecs codecs = new Codecs(application, List.of(), List.of(), List.of());
      Encoded encoded = codecs.encode(message);
      assertThat(encoded).isEqualTo(plain().encode(Timestamp.newBuilder().setSeconds(42).build()));
      assertThat(codecs.decode(encoded)).isEqualTo(message).hasSameClassAs(message);
      assertThat(codecs.sizeOf(message)).isEqualTo(encoded.bytes().length);
      assertThat(codecs.isImmutable(message)).isTrue();
    }
  }

  @Test
  void decode_truncatedMessage_isUndecodable() {
    Codecs codecs = plain();
    byte[] bytes = codecs.encode(MESSAGE).bytes();
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThat(refused(codecs, new Encoded(CodecNumber.PROTOBUF, cut)).reason())
        .isEqualTo(Reason.UNDECODABLE);
  }

  @Test
  void encode_equalMessagesWithMapsBuiltInAnotherOrder_giveEqualBytes() {
    Struct.Builder forwards = Struct.newBuilder();
    Struct.Builder backwards = Struct.newBuilder();
    for (int i = 0; i < 50; i++) {
      forwards.putFields("field" + i, Value.newBuilder().setNumberValue(i).build());
      backwards.putFields("field" + (49 - i), Value.newBuilder().setNumberValue(49 - i).build());
    }
    assertThat(plain().encode(forwards.build())).isEqualTo(plain().encode(backwards.build()));
  }

  @Test
  void encode_messageWithoutARequiredField_fails() {
    NamePart incomplete = NamePart.newBuilder().setNamePart("secret").buildPartial();
    assertThatThrownBy(() -> plain().encode(incomplete))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("required field")
        .hasMessageNotContaining("secret");
  }

  @Test
  void encode_messageWithoutAGeneratedClass_fails() {
    DynamicMessage message = DynamicMessage.newBuilder(Timestamp.getDescriptor()).build();
    assertThatThrownBy(() -> plain().encode(message)).isInstanceOf(EncodingException.class);
  }
}
