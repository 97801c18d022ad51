package io.github.mccache.codec;

import java.util.HashSet;
import java.util.Set;

/**
 * The classes of the JDK that every cache may deserialize: values and ordinary collections, whose
 * own deserialization runs no code but that of classes that are allowed themselves; and the keys
 * and values of Spring's and Hibernate's caches. Chosen one by one. Left out on purpose are
 * proxies, remote objects, exceptions, {@code URL} (its hash code asks the name server), {@code
 * nCopies} (a few bytes that are billions of elements), and everything that loads classes, opens
 * files or holds other serialized bytes.
 */
final class BasicClasses {

  private static final Set<String> NAMES = new HashSet<>();

  static {
    // Interfaces, as the element types of arrays: Arrays.asList(1, "a") has an array of the second.
    add("java.io.", "Serializable");
    add("java.lang.", "CharSequence Comparable Iterable");
    add("java.util.", "Collection List Map Queue Set SortedMap SortedSet");
    add(
        "java.lang.",
        "Object Number Boolean Byte Short Integer Long Float Double Character String Enum",
        "StringBuilder StringBuffer String$CaseInsensitiveComparator");
    add("java.math.", "BigInteger BigDecimal MathContext RoundingMode");
    add("java.net.", "URI");
    add("java.sql.", "Date Time Timestamp");
    add("java.time.", "Ser DayOfWeek Month temporal.ChronoUnit temporal.ChronoField");
    add(
        "java.util.",
        "AbstractMap$SimpleEntry AbstractMap$SimpleImmutableEntry ArrayDeque ArrayList",
        "Arrays$ArrayList BitSet Calendar CollSer Comparators$NaturalOrderComparator Currency Date",
        "EnumMap EnumSet EnumSet$SerializationProxy GregorianCalendar HashMap HashSet Hashtable",
        "LinkedHashMap LinkedHashSet LinkedList Locale Map$Entry PriorityQueue Properties",
        "SimpleTimeZone Stack TimeZone TreeMap TreeSet UUID Vector");
    add("sun.util.calendar.", "ZoneInfo");
    add(
        "java.util.Collections$",
        "EmptyList EmptyMap EmptySet ReverseComparator ReverseComparator2 SetFromMap",
        "SingletonList SingletonMap SingletonSet",
        "SynchronizedCollection SynchronizedList SynchronizedMap SynchronizedNavigableMap",
        "SynchronizedNavigableSet SynchronizedRandomAccessList SynchronizedSet",
        "SynchronizedSortedMap SynchronizedSortedSet",
        "UnmodifiableCollection UnmodifiableList UnmodifiableMap",
        "UnmodifiableMap$UnmodifiableEntrySet UnmodifiableNavigableMap",
        "UnmodifiableNavigableMap$EmptyNavigableMap UnmodifiableNavigableSet",
        "UnmodifiableNavigableSet$EmptyNavigableSet UnmodifiableRandomAccessList",
        "UnmodifiableSet UnmodifiableSortedMap UnmodifiableSortedSet");
    add(
        "java.util.concurrent.",
        "ConcurrentHashMap ConcurrentHashMap$Segment ConcurrentLinkedDeque ConcurrentLinkedQueue",
        "ConcurrentSkipListMap ConcurrentSkipListSet CopyOnWriteArrayList CopyOnWriteArraySet",
        "TimeUnit atomic.AtomicBoolean atomic.AtomicInteger atomic.AtomicLong",
        "atomic.AtomicReference",
        // What a ConcurrentHashMap still writes for the sake of Java 7.
        "locks.AbstractOwnableSynchronizer locks.AbstractQueuedSynchronizer locks.ReentrantLock",
        "locks.ReentrantLock$NonfairSync locks.ReentrantLock$Sync");
    // Keys and values of Spring and Hibernate, by their byte code: fields, no code of their own
    // but SimpleKey's and QueryKey's, which compute their hash codes, and readResolve of NullValue
    // and of Hibernate's markers, which return a constant. Left out are ReferenceCacheEntryImpl and
    // Sort$TypedSort, which hold more than values, and the types of Hibernate 5.
    add("org.springframework.cache.", "interceptor.SimpleKey support.NullValue");
    add(
        "org.springframework.data.domain.",
        "AbstractPageRequest Chunk PageImpl PageRequest SliceImpl",
        "Sort Sort$Direction Sort$NullHandling Sort$Order");
    add(
        "org.springframework.util.",
        "LinkedCaseInsensitiveMap LinkedCaseInsensitiveMap$1 LinkedMultiValueMap",
        "MultiValueMapAdapter");
    add(
        "org.hibernate.cache.internal.",
        "BasicCacheKeyImplementation CacheKeyImplementation NaturalIdCacheKey",
        "QueryResultsCacheImpl$CacheItem");
    add(
        "org.hibernate.cache.spi.",
        "QueryKey entry.CollectionCacheEntry entry.StandardCacheEntryImpl",
        "support.AbstractReadWriteAccess$Item support.AbstractReadWriteAccess$SoftLockImpl");
    add("org.hibernate.query.internal.", "QueryParameterBindingsImpl$MutableCacheKeyImpl");
    add("org.hibernate.bytecode.enhance.spi.", "LazyPropertyInitializer$1");
    add("org.hibernate.property.access.internal.", "PropertyAccessStrategyBackRefImpl$1");
  }

  private BasicClasses() {}

  static boolean contains(String className) {
    return NAMES.contains(className);
  }

  /** Returns all of them, for a test. */
  static Set<String> names() {
    return Set.copyOf(NAMES);
  }

  private static void add(String prefix, String... lines) {
    for (String line : lines) {
      for (String name : line.split(" ", -1)) {
        NAMES.add(prefix + name);
      }
    }
  }
}
