package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.allowing;
import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.receive;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.DecodingException.Reason;
import io.github.mccache.codec.Orders.Link;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that would take for ever to read; where the subject fails, so does the end of the test. */
@SuppressWarnings("serial") // fields of any type are what is tested
class StreamScanTest {

  private static final String OF_THIS_TEST = StreamScanTest.class.getPackageName() + ".*";

  /** Hashes what it holds as soon as it is read, as Spring's SimpleKey does. */
  static final class ArrayKey implements Serializable {
    private static final long serialVersionUID = 1L;
    Object[] parameters;
    transient int hash;

    ArrayKey(Object... parameters) {
      this.parameters = parameters;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      hash = java.util.Arrays.deepHashCode(parameters);
    }
  }

  /** Has two children, for a graph that shares them without a hash. */
  record Fork(Object left, Object right) implements Serializable {}

  /** Against the specification: declares a field and does not write it. */
  static final class Loose implements Serializable {
    private static final long serialVersionUID = 1L;
    int number = 7;
    Set<String> set = new HashSet<>();

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.writeInt(number);
      out.writeObject("a text");
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      number = in.readInt();
      in.readObject();
    }
  }

  /** Each level holds both containers of the one below, which is 2 to the depth hash codes. */
  private static Set<Object> bomb(int levels, Supplier<Set<Object>> sets) {
    Set<Object> root = sets.get();
    Set<Object> left = root;
    Set<Object> right = sets.get();
    for (int i = 0; i < levels; i++) {
      Set<Object> nextLeft = sets.get();
      Set<Object> nextRight = sets.get();
      nextLeft.add("distinct from the other");
      left.add(nextLeft);
      left.add(nextRight);
      right.add(nextLeft);
      right.add(nextRight);
      left = nextLeft;
      right = nextRight;
    }
    return root;
  }

  private static Object mapBomb(int levels, Supplier<Map<Object, Object>> maps) {
    Map<Object, Object> root = maps.get();
    Map<Object, Object> left = root;
    Map<Object, Object> right = maps.get();
    for (int i = 0; i < levels; i++) {
      Map<Object, Object> nextLeft = maps.get();
      Map<Object, Object> nextRight = maps.get();
      nextLeft.put("distinct from the other", "");
      for (Map<Object, Object> map : List.of(left, right)) {
        map.put(nextLeft, "");
        map.put(nextRight, "");
      }
      left = nextLeft;
      right = nextRight;
    }
    return root;
  }

  private static Object arrayBomb(int levels) {
    Object[] array = {"leaf"};
    for (int i = 0; i < levels; i++) {
      array = new Object[] {array, array};
    }
    return new ArrayKey(array);
  }

  /** Test reports must not write them out. */
  private static Stream<Named<Object>> named(Object... objects) {
    return Stream.of(objects).map(object -> Named.of(object.getClass().getSimpleName(), object));
  }

  static Stream<Named<Object>> bombs() {
    return named(
        bomb(60, HashSet::new),
        bomb(60, LinkedHashSet::new),
        bomb(25, HashSet::new),
        mapBomb(60, HashMap::new),
        mapBomb(60, LinkedHashMap::new),
        mapBomb(60, Hashtable::new),
        mapBomb(60, ConcurrentHashMap::new),
        arrayBomb(55),
        new ArrayList<>(List.of("first", bomb(40, HashSet::new))));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void decode_nestedHashContainersThatShare_isRefusedUnread(Object bomb) {
    DecodingException thrown = refused(allowing(OF_THIS_TEST), plain().encode(bomb));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown).hasMessageContaining("share");
  }

  @Test
  void decode_hundredLevelsOfHashSets_isRefusedUnread() {
    Encoded encoded = plain().encode(bomb(100, HashSet::new));
    assertThat(encoded.bytes()).hasSizeLessThan(8_000);
    Codecs receiver = plain();
    for (int i = 0; i < 1000; i++) {
      assertThat(refused(receiver, new Encoded(encoded.codec(), encoded.bytes())))
          .hasMessageContaining("nested more than 64");
    }
  }

  @Test
  void decode_deepObjects_areReadToTheLimit() {
    // The root is at depth 1, and what ends the chain at one more than its length.
    assertThat(receive(allowing(OF_THIS_TEST), Link.chain(63))).isInstanceOf(Link.class);
    DecodingException thrown = refused(allowing(OF_THIS_TEST), elsewhere(Link.chain(65)));
    assertThat(thrown).hasMessageContaining("nested more than 64");
  }

  private static Encoded elsewhere(Object object) {
    Encoded encoded = plain().encode(object);
    return new Encoded(encoded.codec(), encoded.bytes());
  }

  static Stream<Named<Object>> ordinaryObjects() {
    List<Object> shared = new ArrayList<>();
    Map<String, Object> byName = new HashMap<>();
    Set<Set<Integer>> sets = new HashSet<>();
    Map<List<String>, List<String>> byList = new ConcurrentHashMap<>();
    List<String> catalogue = new ArrayList<>();
    Fork fork = new Fork("a", "b");
    for (int i = 0; i < 2_000; i++) {
      catalogue.add("article " + i);
      shared.add(catalogue);
      byName.put("name " + i, catalogue);
      sets.add(new HashSet<>(List.of(i, i + 1)));
      byList.put(List.of("a" + i, "b"), catalogue);
      fork = i < 40 ? new Fork(fork, fork) : fork;
    }
    return named(
        shared,
        byName,
        new TreeMap<>(byName),
        sets,
        byList,
        Map.of("a", Set.of(1, 2), "b", Set.of()),
        new Object[][] {{1}, {"a", new int[100]}},
        new BigDecimal("1e10000"),
        new ArrayList<>(List.of(new BigDecimal("1e-9999"), BigInteger.TEN)),
        new Hashtable<>(byName));
  }

  @ParameterizedTest
  @MethodSource("ordinaryObjects")
  void decode_ordinaryObject_isRead(Object object) {
    assertThat(receive(allowing(OF_THIS_TEST), object)).isEqualTo(object);
  }

  /** They need not collide: their hash codes are not known before they are read. */
  static Stream<Named<Object>> manyElementsWithoutAnOrder() {
    Set<Object> lists = new HashSet<>();
    Map<Object, String> entries = new LinkedHashMap<>();
    Map<Object, Integer> concurrent = new ConcurrentHashMap<>();
    Set<Object> mixed = new HashSet<>();
    Map<Object, Object> hashtable = new Hashtable<>();
    for (int i = 0; i < 70_000; i++) {
      lists.add(List.of(i));
      entries.put(new SimpleEntry<>(i, "b"), "same");
      concurrent.put(new Fork(i, "b"), i);
      mixed.add(i % 2 == 0 ? (Object) Long.valueOf(i) : String.valueOf(i));
      hashtable.put("name " + i, "same");
    }
    return named(
        lists,
        entries,
        concurrent,
        mixed,
        hashtable,
        new ArrayList<>(List.of("first", lists)),
        Set.copyOf(hashtable.keySet()),
        Map.copyOf(hashtable));
  }

  @ParameterizedTest
  @MethodSource("manyElementsWithoutAnOrder")
  void decode_moreElementsThanMayCollide_isRefusedUnread(Object container) {
    DecodingException thrown = refused(allowing(OF_THIS_TEST), plain().encode(container));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown).hasMessageContaining("if their hash codes collide");
  }

  static Stream<Named<Object>> manyElements() {
    List<Object> lists = new ArrayList<>();
    Map<String, Object> byName = new HashMap<>();
    Set<Integer> numbers = new LinkedHashSet<>();
    Map<UUID, String> byId = new ConcurrentHashMap<>();
    Map<List<Integer>, String> byList = new HashMap<>();
    for (int i = 0; i < 70_000; i++) {
      lists.add(List.of(i));
      byName.put("name " + i, List.of(i));
      numbers.add(i);
      byId.put(new UUID(i, i), "same");
      if (i < 30_000) {
        byList.put(List.of(i), "same");
      }
    }
    return named(
        lists,
        List.copyOf(lists),
        new TreeMap<>(byName),
        byName,
        numbers,
        byId,
        byList,
        Set.copyOf(byName.keySet().stream().limit(60_000).toList()),
        Map.copyOf(byList));
  }

  @ParameterizedTest
  @MethodSource("manyElements")
  void decode_manyElementsThatHaveAnOrderOrAreFewer_areRead(Object container) {
    assertThat(receive(allowing(OF_THIS_TEST), container)).isEqualTo(container);
  }

  /** Each is within the bound. */
  @Test
  void decode_manySetsThatMayCollide_areBoundedTogether() {
    List<Object> sets = new ArrayList<>();
    for (int each = 0; each < 3; each++) {
      Set<Object> set = new HashSet<>();
      for (int i = 0; i < 30_000; i++) {
        set.add(List.of(i, each));
      }
      sets.add(set);
    }

    assertThat(receive(plain(), sets.get(0))).isEqualTo(sets.get(0));
    assertThat(refused(plain(), plain().encode(sets)))
        .hasMessageContaining("if their hash codes collide");
  }

  @Test
  void decode_sharedObjectsThatNobodyHashes_areRead() {
    Fork fork = new Fork("a", "b");
    for (int i = 0; i < 40; i++) {
      fork = new Fork(fork, fork);
    }
    assertThat(receive(allowing(OF_THIS_TEST), fork)).isInstanceOf(Fork.class);
  }

  @Test
  void decodeKey_listsThatShareElements_areRefusedBecauseAKeyIsHashed() {
    List<Object> lists = new ArrayList<>(List.of("leaf"));
    for (int i = 0; i < 40; i++) {
      lists = new ArrayList<>(List.of(lists, lists));
    }
    Encoded shared = elsewhere(lists);

    assertThat(plain().decode(shared)).as("as a value").isInstanceOf(List.class);
    assertThatThrownBy(() -> plain().decodeKey(shared)).isInstanceOf(DecodingException.class);
    assertThat(plain().decodeKey(elsewhere(new ArrayList<>(List.of("a", "b")))))
        .isEqualTo(List.of("a", "b"));
  }

  @Test
  void decode_decimalOfHugeScale_isUndecodable() {
    for (BigDecimal number :
        List.of(new BigDecimal("1e10001"), BigDecimal.valueOf(1, Integer.MAX_VALUE))) {
      for (Object object : List.of(number, new ArrayList<>(List.of(number)))) {
        assertThat(refused(plain(), elsewhere(object)).reason()).isEqualTo(Reason.UNDECODABLE);
      }
    }
  }

  @Test
  void decode_classThatWritesNoDefaultFields_isReadUnlessItHoldsHashContainers() {
    Codecs receiver = allowing(OF_THIS_TEST);
    assertThat(((Loose) receive(receiver, new Loose())).number).isEqualTo(7);
    Object both = new ArrayList<>(List.of(new Loose(), new HashSet<>(List.of(1))));
    assertThat(refused(receiver, elsewhere(both))).hasMessageContaining("defaultWriteObject");
    assertThat(plain().copy(both)).as("what was made here is trusted").isNotNull();
  }

  /**
   * What the scan relies on: a class of the JDK that every cache accepts reads its default fields
   * first, or what the sender calls its fields would be read as objects.
   */
  @Test
  void basicClasses_thatReadThemselves_readTheirDefaultFields() throws Exception {
    for (String name : BasicClasses.names()) {
      Class<?> type;
      try {
        type = Class.forName(name);
      } catch (ClassNotFoundException e) {
        continue; // not of the JDK
      }
      Set<String> calls = calls(type);
      boolean onlyThrows = calls.equals(Set.of("<init>"));
      if (!calls.isEmpty() && !onlyThrows) {
        assertThat(calls).as(name).containsAnyOf("defaultReadObject", "readFields");
      }
    }
  }

  private static Set<String> calls(Class<?> type) throws IOException {
    Set<String> calls = new HashSet<>();
    String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    new ClassReader(type.getResourceAsStream(file).readAllBytes())
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String d, String signature, String[] thrown) {
                return !name.equals("readObject") && !name.equals("readHashtable")
                    ? null
                    : new MethodVisitor(Opcodes.ASM9) {
                      @Override
                      public void visitMethodInsn(
                          int opcode, String owner, String name, String d, boolean i) {
                        calls.add(name);
                      }
                    };
              }
            },
            0);
    return calls;
  }
}
