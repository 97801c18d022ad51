package io.github.mccache.codec;

import java.io.ObjectStreamConstants;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows the grammar of a Java stream (Java Object Serialization Specification, chapter 6) before
 * it is read, without loading a class, and refuses what would take too long to put together: a few
 * thousand bytes of hash sets within hash sets that share their elements ask for 2^100 hash codes
 * (Effective Java, item 85). It adds up how many objects the hash code of each element visits; a
 * shared object counts as often as it is reached, one that refers to itself once. It also bounds
 * the depth, the scale of decimals, and what {@link Collisions} of hash codes can cost.
 *
 * <p>A class whose {@code writeObject} writes no default fields, against the specification, cannot
 * be followed, and nor can malformed bytes. Such a stream is refused if it names a hash set or map
 * of the JDK, else its reader decides. For one thread.
 */
final class StreamScan implements ObjectStreamConstants {

  /** How deep objects from elsewhere may be nested. */
  static final int DEEPEST = 64;

  /** How many visits are allowed per byte; without sharing there are at most as many as levels. */
  private static final long VISITS_PER_BYTE = 64;

  private static final long LEAST_VISITS = 10_000;

  /** Classes of the JDK whose deserialization asks the elements for their hash codes. */
  private static final Set<String> HASHING = Set.of("java.util.HashSet", "java.util.CollSer");

  /** Likewise, of every first of two. */
  private static final Set<String> HASHING_KEYS =
      Set.of("java.util.HashMap", "java.util.Hashtable", "java.util.concurrent.ConcurrentHashMap");

  /** Of {@code java.util.CollSer}: lists, with null elements and without. */
  private static final Set<Integer> LIST_TAGS = Set.of(1, 4);

  private static final int MAP_TAG = 3;

  /** Names of other classes of which the same must be expected, such as Spring's SimpleKey. */
  private static final Pattern HASHING_BY_NAME = Pattern.compile("Set|Map|Hash|Key");

  /** In place of a cost, which is at least 1. */
  private static final long UNFINISHED = 0;

  private final ByteBuffer in;
  private final Map<Integer, Description> descriptions = new HashMap<>();
  private long[] costs = new long[16];

  /** Of which class each object is, null where that does not matter. */
  private @Nullable String[] classes = new @Nullable String[16];

  /** Of which class the last object was. */
  private @Nullable String lastClass;

  private int handles;
  private long visitsLeft;
  private final Collisions collisions = new Collisions();
  private int depth;
  private int hashedAround;
  private boolean hashesUnfinished;

  private StreamScan(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
    this.visitsLeft = LEAST_VISITS + VISITS_PER_BYTE * bytes.length;
  }

  /**
   * Checks the first object of a stream.
   *
   * @throws DecodingException if it is not to be read
   */
  static void check(byte[] bytes) {
    check(bytes, false);
  }

  /**
   * As {@link #check}, of an object that is going to be a key: its own hash code counts as well.
   */
  static void checkKey(byte[] bytes) {
    check(bytes, true);
  }

  private static void check(byte[] bytes, boolean hashed) {
    StreamScan scan = new StreamScan(bytes);
    try {
      scan.header();
      scan.child(hashed);
    } catch (DecodingException e) {
      throw e;
    } catch (RuntimeException e) { // the bytes end, or are not what is expected
      if (namesHashing(bytes)) {
        throw DecodingException.undecodable(
            null,
            "its Java stream names a hash set or map and cannot be followed; it is malformed, or"
                + " the writeObject of one of its classes does not call defaultWriteObject");
      }
    }
  }

  /**
   * Returns whether an element of a hash set or map refers to an object that is not complete when
   * the element's hash code is asked for; also true where the stream cannot be followed.
   */
  static boolean hashesUnfinished(byte[] bytes) {
    StreamScan scan = new StreamScan(bytes);
    try {
      scan.header();
      scan.content();
      return scan.hashesUnfinished;
    } catch (RuntimeException e) {
      return true;
    }
  }

  /** Returns whether the deserialization of a class of this name asks for hash codes. */
  static boolean hashes(String className) {
    return HASHING.contains(className)
        || HASHING_KEYS.contains(className)
        || (!className.startsWith("java.") && HASHING_BY_NAME.matcher(className).find());
  }

  private static boolean namesHashing(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return HASHING.stream().anyMatch(text::contains)
        || HASHING_KEYS.stream().anyMatch(text::contains);
  }

  /** What a class descriptor of the stream says. */
  private static final class Description {

    final String name;
    int flags;
    int primitiveBytes;
    int objects;
    int ancestors;
    boolean complete;
    @Nullable Description superclass;

    Description(String name) {
      this.name = name;
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    boolean hashes() {
      return StreamScan.hashes(name) && !hashesKeys();
    }

    boolean hashesKeys() {
      return HASHING_KEYS.contains(name);
    }
  }

  private void header() {
    require(in.getShort() == STREAM_MAGIC && in.getShort() == STREAM_VERSION);
  }

  private static void require(boolean followed) {
    if (!followed) {
      throw new IllegalStateException("not followed");
    }
  }

  // ---- objects, each of which returns how many objects its hash code visits ----

  private long content() {
    enter();
    long cost =
        switch (in.get()) {
          case TC_NULL -> {
            lastClass = null;
            yield 0;
          }
          case TC_REFERENCE -> reference(handle());
          case TC_STRING -> text(Short.toUnsignedInt(in.getShort()));
          case TC_LONGSTRING -> text(in.getLong());
          case TC_CLASS -> {
            description();
            newHandle(1);
            yield 1;
          }
          case TC_CLASSDESC -> {
            newDescription();
            yield 1;
          }
          case TC_PROXYCLASSDESC -> {
            newProxyDescription();
            yield 1;
          }
          case TC_ENUM -> {
            description();
            newHandle(1);
            content();
            lastClass = null;
            yield 1;
          }
          case TC_ARRAY -> array();
          case TC_OBJECT -> object();
          default -> throw new IllegalStateException("no object");
        };
    depth--;
    return cost;
  }

  private void enter() {
    if (++depth > DEEPEST) {
      throw DecodingException.undecodable(null, "it is nested more than " + DEEPEST + " deep");
    }
  }

  private long reference(int handle) {
    lastClass = classes[handle];
    if (costs[handle] != UNFINISHED) {
      return costs[handle];
    }
    hashesUnfinished |= hashedAround > 0;
    return 1;
  }

  private long text(long length) {
    int handle = newHandle(1);
    classes[handle] = "java.lang.String";
    lastClass = classes[handle];
    skip(length);
    return 1;
  }

  private long array() {
    Description description = descriptionOfObject();
    require(description.name.length() > 1);
    int handle = newHandle(UNFINISHED);
    int length = in.getInt();
    require(length >= 0);
    long cost = 1L + length;
    char component = description.name.charAt(1);
    if (component == 'L' || component == '[') {
      for (int i = 0; i < length; i++) {
        cost = sum(cost, content());
      }
    } else {
      skip((long) length * width(component));
    }
    costs[handle] = cost;
    lastClass = null;
    return cost;
  }

  private long object() {
    Description description = descriptionOfObject();
    int handle = newHandle(UNFINISHED);
    classes[handle] = description.name;
    boolean hashes = false;
    for (Description next = description; next != null; next = next.superclass) {
      hashes |= next.hashes();
    }
    long cost = 1 + data(description, hashes);
    costs[handle] = cost;
    lastClass = description.name;
    return cost;
  }

  /** Goes through what a class and before it its superclasses have written. */
  private long data(Description description, boolean hashes) {
    Description superclass = description.superclass;
    long cost = superclass == null ? 0 : data(superclass, hashes);
    if (description.has(SC_EXTERNALIZABLE)) {
      require(description.has(SC_BLOCK_DATA));
      return sum(cost, annotation(hashes, false, null));
    }
    if (!description.has(SC_SERIALIZABLE)) {
      return cost;
    }
    if (description.name.equals("java.math.BigDecimal")) {
      requireSmallScale(description);
    }
    int tag = tagOfUnmodifiable(description);
    skip(description.primitiveBytes);
    for (int i = 0; i < description.objects; i++) {
      cost = sum(cost, child(hashes));
    }
    if (!description.has(SC_WRITE_METHOD)) {
      return cost;
    }
    boolean keys = description.hashesKeys() || tag == MAP_TAG;
    Collisions.Elements elements = LIST_TAGS.contains(tag) ? null : collisions.of(description.name);
    cost = sum(cost, annotation(hashes, keys, elements));
    if (elements != null) {
      elements.judge();
    }
    return cost;
  }

  /**
   * Returns what distinguishes the lists, sets and maps of {@code List.of} and the like, 0 of
   * another class.
   */
  private int tagOfUnmodifiable(Description description) {
    return description.name.equals("java.util.CollSer")
            && description.primitiveBytes == Integer.BYTES
        ? in.getInt(in.position()) & 0xff
        : 0;
  }

  /** As the codec of decimals does; the scale is their only primitive field. */
  private void requireSmallScale(Description description) {
    if (description.primitiveBytes != Integer.BYTES
        || Math.abs((long) in.getInt(in.position())) > ScalarCodecs.LARGEST_SCALE) {
      throw DecodingException.undecodable(
          description.name, "its scale is not within ±" + ScalarCodecs.LARGEST_SCALE);
    }
  }

  /**
   * Goes through what a method of a class has written by itself.
   *
   * @param hashes whether the hash code of each object is asked for
   * @param keys whether every second object is a value, and the others are keys
   * @param elements takes what is an element of a set or a key of a map; null for nothing
   */
  private long annotation(boolean hashes, boolean keys, Collisions.@Nullable Elements elements) {
    long cost = 0;
    for (int count = 0; true; ) {
      switch (in.get(in.position())) {
        case TC_ENDBLOCKDATA -> {
          in.get();
          return cost;
        }
        case TC_BLOCKDATA -> {
          in.get();
          skip(Byte.toUnsignedInt(in.get()));
        }
        case TC_BLOCKDATALONG -> {
          in.get();
          skip(in.getInt());
        }
        default -> {
          boolean value = keys && count++ % 2 == 1;
          boolean hashed = hashes || (keys && !value);
          long visits = child(hashed);
          cost = sum(cost, visits);
          if (elements != null && hashed && !value) {
            elements.add(visits, lastClass);
          }
        }
      }
    }
  }

  private long child(boolean hashed) {
    hashedAround += hashed ? 1 : 0;
    long cost = content();
    hashedAround -= hashed ? 1 : 0;
    if (hashed) {
      visitsLeft -= cost;
      if (visitsLeft < 0) {
        throw DecodingException.undecodable(
            null,
            "its hash sets, hash maps or keys share so many elements that it would take too long"
                + " to put them together");
      }
    }
    return cost;
  }

  /** Adds without overflow: what is far above every limit need not be exact. */
  private static long sum(long one, long other) {
    return Math.min(one + other, Long.MAX_VALUE / 2);
  }

  // ---- class descriptors ----

  private Description descriptionOfObject() {
    Description description = description();
    if (description == null) {
      throw new IllegalStateException("an object without a class");
    }
    return description;
  }

  private @Nullable Description description() {
    return switch (in.get()) {
      case TC_NULL -> null;
      case TC_REFERENCE -> {
        Description known = descriptions.get(handle());
        require(known != null && known.complete);
        yield known;
      }
      case TC_CLASSDESC -> newDescription();
      case TC_PROXYCLASSDESC -> newProxyDescription();
      default -> throw new IllegalStateException("no class descriptor");
    };
  }

  private Description newDescription() {
    Description description = new Description(utf());
    in.getLong(); // the serialVersionUID
    descriptions.put(newHandle(1), description);
    description.flags = in.get();
    for (int i = Short.toUnsignedInt(in.getShort()); i > 0; i--) {
      char type = (char) in.get();
      utf();
      if (type == 'L' || type == '[') {
        description.objects++;
        content(); // the name of the field's class
      } else {
        require(description.objects == 0);
        description.primitiveBytes += width(type);
      }
    }
    endOf(description);
    return description;
  }

  private Description newProxyDescription() {
    Description description = new Description("java.lang.reflect.Proxy");
    description.flags = SC_SERIALIZABLE;
    descriptions.put(newHandle(1), description);
    for (int i = in.getInt(); i > 0; i--) {
      utf();
    }
    endOf(description);
    return description;
  }

  private void endOf(Description description) {
    annotation(false, false, null);
    enter();
    Description superclass = description();
    depth--;
    description.superclass = superclass;
    description.ancestors = superclass == null ? 0 : superclass.ancestors + 1;
    require(description.ancestors < DEEPEST);
    description.complete = true;
  }

  private static int width(char primitive) {
    return switch (primitive) {
      case 'B', 'Z' -> 1;
      case 'C', 'S' -> 2;
      case 'I', 'F' -> 4;
      case 'J', 'D' -> 8;
      default -> throw new IllegalStateException("no primitive type");
    };
  }

  // ---- the basics ----

  private int newHandle(long cost) {
    if (handles == costs.length) {
      costs = Arrays.copyOf(costs, 2 * handles);
      classes = Arrays.copyOf(classes, 2 * handles);
    }
    costs[handles] = cost;
    return handles++;
  }

  private int handle() {
    int handle = in.getInt() - baseWireHandle;
    require(handle >= 0 && handle < handles);
    return handle;
  }

  private String utf() {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void skip(long bytes) {
    require(bytes >= 0 && bytes <= in.remaining());
    in.position(in.position() + (int) bytes);
  }
}
