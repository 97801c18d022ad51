package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.api.Codec;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How keys are kept and given back, arrays above all. */
class ArrayKeyTest {

  private static final Codecs CODECS =
      new Codecs(ArrayKeyTest.class.getClassLoader(), List.of(), List.of(), List.of());

  /** Arrays of each class that can be a key, in order; the two of a pair are equal. */
  static Stream<List<Object>> ordered() {
    return Stream.of(
        List.of(new boolean[0], new boolean[] {false}, new boolean[] {false, true}),
        List.of(new byte[0], new byte[] {-1}, new byte[] {1, 2}),
        List.of(new short[0], new short[] {-1}, new short[] {1, 2}),
        List.of(new char[0], new char[] {'a'}, new char[] {'b', 'a'}),
        List.of(new int[0], new int[] {-1}, new int[] {1, 2}),
        List.of(new long[0], new long[] {-1}, new long[] {1, 2}),
        List.of(new float[0], new float[] {-0.0f}, new float[] {0.0f}, new float[] {Float.NaN}),
        List.of(new double[0], new double[] {-0.0}, new double[] {0.0}, new double[] {Double.NaN}),
        List.of(new String[0], new String[] {null}, new String[] {""}, new String[] {"a", null}));
  }

  private static Object clone(Object array) {
    int length = Array.getLength(array);
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    System.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  private static Object own(Object key) {
    return CODECS.ownKey(key, true);
  }

  @ParameterizedTest
  @MethodSource("ordered")
  void ownKey_array_equalsOthersOfItsContentAlone(List<Object> arrays) {
    for (int i = 0; i < arrays.size(); i++) {
      for (int j = 0; j < arrays.size(); j++) {
        ArrayKey left = (ArrayKey) own(arrays.get(i));
        ArrayKey right = (ArrayKey) own(clone(arrays.get(j)));
        assertThat(left.equals(right)).isEqualTo(i == j);
        assertThat(Integer.signum(left.compareTo(right))).isEqualTo(Integer.compare(i, j));
        if (i == j) {
          assertThat(left).hasSameHashCodeAs(right);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ordered")
  void ownKey_array_sharesNothingWithTheCaller(List<Object> arrays) {
    Object array = arrays.get(arrays.size() - 1);
    Object changing = clone(array);
    Object own = own(changing);
    System.arraycopy(Array.newInstance(array.getClass().getComponentType(), 1), 0, changing, 0, 1);
    Object given = CODECS.callerKey(own, true);
    assertThat(given).isInstanceOf(array.getClass()).isEqualTo(array);
    System.arraycopy(Array.newInstance(array.getClass().getComponentType(), 1), 0, given, 0, 1);

    assertThat(own).isEqualTo(own(array));
    assertThat(CODECS.callerKey(own, true)).isEqualTo(array);
    assertThat(CODECS.ownKey(own, true)).as("is one already").isSameAs(own);
  }

  @ParameterizedTest
  @MethodSource("ordered")
  void encode_ownKeyOfAnArray_isTheArray(List<Object> arrays) {
    for (Object array : arrays) {
      Object own = own(array);
      Encoded encoded = CODECS.encode(own);
      assertThat(CODECS.sizeOf(own)).isEqualTo(encoded.bytes().length);
      Encoded received = new Encoded(encoded.codec(), encoded.bytes());
      Codecs others =
          new Codecs(ArrayKeyTest.class.getClassLoader(), List.of(), List.of(), List.of());

      Object key = others.decodeKey(received);
      assertThat(key).isEqualTo(array);
      assertThat(others.receivedKey(key, true)).isEqualTo(own);
    }
  }

  @Test
  void encode_equalKeysOfStrings_haveTheSameBytes() {
    String text = "a";
    Object shared = own(new String[] {text, text});
    Object apart = own(new String[] {new String(text), new String(text)});

    assertThat(shared).isEqualTo(apart);
    assertThat(CODECS.encode(shared)).isEqualTo(CODECS.encode(apart));
    Object received = CODECS.decode(CODECS.encode(new String[] {text, text}));
    assertThat(CODECS.encode(CODECS.receivedKey(received, true))).isEqualTo(CODECS.encode(apart));
  }

  @Test
  void arrayKeys_ofDifferentClasses_areNotEqual() {
    List<ArrayKey> keys = new ArrayList<>();
    ordered().forEach(arrays -> keys.add((ArrayKey) own(arrays.get(0))));
    for (ArrayKey left : keys) {
      for (ArrayKey right : keys) {
        assertThat(left.equals(right)).isEqualTo(left == right);
        assertThat(left.compareTo(right)).isEqualTo(-right.compareTo(left));
        assertThat(left.compareTo(right) == 0).isEqualTo(left == right);
      }
    }
    List<ArrayKey> sorted = new ArrayList<>(keys);
    Collections.shuffle(sorted, new java.util.Random(1));
    Collections.sort(sorted);
    assertThat(sorted).isSortedAccordingTo(ArrayKey::compareTo);
  }

  @Test
  void toString_neverTellsTheContent() {
    assertThat(own(new String[] {"secret"})).hasToString("ArrayKey[String[]]");
  }

  @Test
  void ownKey_noArray_isTheKeyOrACopy() {
    List<Integer> mutable = new ArrayList<>(List.of(1));
    assertThat(own("k")).isSameAs("k");
    assertThat(CODECS.callerKey("k", true)).isSameAs("k");
    assertThat(own(mutable)).isEqualTo(mutable).isNotSameAs(mutable);
    assertThat(CODECS.callerKey(mutable, true)).isEqualTo(mutable).isNotSameAs(mutable);
    assertThat(CODECS.ownKey(mutable, false)).isSameAs(mutable);
    assertThat(CODECS.callerKey(mutable, false)).isSameAs(mutable);
    assertThat(CODECS.receivedKey(mutable, true)).isSameAs(mutable);
  }

  @Test
  void ownKey_arrayThatHasNoContentHere_isRefusedWithTheReason() {
    for (Object array : List.of(new Object[1], new Integer[1], new int[1][], new List<?>[1])) {
      for (boolean byValue : new boolean[] {true, false}) {
        refused(array, byValue, "unless it is one of primitives or of String");
      }
    }
    ordered().forEach(arrays -> refused(arrays.get(0), false, "store by value"));
  }

  private static void refused(Object array, boolean byValue, String reason) {
    for (boolean received : new boolean[] {true, false}) {
      assertThatThrownBy(
              () -> {
                Object key =
                    received ? CODECS.receivedKey(array, byValue) : CODECS.ownKey(array, byValue);
                assertThat(key).isNull();
              })
          .isInstanceOf(EncodingException.class)
          .hasMessageContaining(array.getClass().getTypeName())
          .hasMessageContaining("equals only itself")
          .hasMessageContaining(reason);
    }
  }

  /** A codec of the application that calls its arrays immutable. */
  private static final class Ints implements Codec<int[]> {

    @Override
    public int number() {
      return 70;
    }

    @Override
    public Class<int[]> type() {
      return int[].class;
    }

    @Override
    public boolean immutable() {
      return true;
    }

    @Override
    public byte[] encode(int[] ints) {
      return new byte[] {(byte) ints[0]};
    }

    @Override
    public int[] decode(byte[] bytes) {
      return new int[] {bytes[0]};
    }
  }

  @Test
  void ownKey_arrayWithACodecOfTheApplication_travelsByIt() {
    Codecs codecs =
        new Codecs(ArrayKeyTest.class.getClassLoader(), List.of(new Ints()), List.of(), List.of());
    int[] changing = {7};
    Object own = codecs.ownKey(changing, true);
    changing[0] = 8;

    assertThat(codecs.encode(own)).isEqualTo(new Encoded(70, new byte[] {7}));
    assertThat(codecs.sizeOf(own)).isEqualTo(1);
    assertThat(codecs.isPlainKey(own)).as("nothing of the application encodes it").isFalse();
    assertThat(codecs.isPlainKey(codecs.ownKey(new long[1], true))).isTrue();
    assertThat((int[]) codecs.callerKey(own, true)).containsExactly(7);
    assertThat(Arrays.equals((int[]) codecs.decode(codecs.encode(own)), new int[] {7})).isTrue();
  }
}
