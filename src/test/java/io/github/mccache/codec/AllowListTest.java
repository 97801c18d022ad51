package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.allowing;
import static io.github.mccache.codec.CodecsFixture.declaring;
import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.receive;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.DecodingException.Reason;
import io.github.mccache.codec.Orders.Card;
import io.github.mccache.codec.Orders.Careless;
import io.github.mccache.codec.Orders.Cash;
import io.github.mccache.codec.Orders.Customer;
import io.github.mccache.codec.Orders.Gadget;
import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Order;
import io.github.mccache.codec.Orders.Party;
import java.io.Serializable;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may be deserialized. */
class AllowListTest {

  private static final String ALL_OF_US = "io.github.mccache.codec.*";

  static Stream<Object> basicObjects() {
    Map<String, Integer> map = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      map.put("key" + i, i);
    }
    Map<DayOfWeek, String> byDay = new EnumMap<>(DayOfWeek.class);
    byDay.put(DayOfWeek.MONDAY, "moon");
    Properties properties = new Properties();
    properties.setProperty("a", "b");
    Map<Integer, String> sparse = new HashMap<>(16, 0.25f);
    map.forEach((text, number) -> sparse.put(number, text));
    return Stream.of(
        new ArrayList<>(map.keySet()),
        new ArrayList<>(Collections.nCopies(10_000, null)),
        new LinkedList<>(map.values()),
        map,
        sparse,
        new LinkedHashMap<>(map),
        new TreeMap<>(map),
        new HashSet<>(map.values()),
        new Hashtable<>(map),
        new TreeSet<>(Comparator()),
        new ConcurrentHashMap<>(map),
        new ConcurrentSkipListMap<>(map),
        new CopyOnWriteArrayList<>(map.keySet()),
        properties,
        byDay,
        EnumSet.of(DayOfWeek.FRIDAY),
        List.of(),
        List.of(1),
        List.of(1, 2, 3),
        Set.of("a", "b", "c"),
        Map.of("a", LocalDate.of(2026, 11, 22)),
        Arrays.asList("a", 1L, 'c'),
        Collections.emptyList(),
        Collections.singletonMap("a", 1),
        Collections.unmodifiableList(new ArrayList<>(List.of(1))),
        Collections.unmodifiableMap(new HashMap<>(map)),
        Collections.unmodifiableSet(new HashSet<>(map.keySet())),
        Collections.synchronizedMap(new HashMap<>(map)),
        Map.entry("a", 1).getKey(),
        BitSet.valueOf(new long[] {1, 2, 3}),
        new Date(0),
        new GregorianCalendar(2026, 10, 22),
        Locale.GERMANY,
        Currency.getInstance("EUR"),
        URI.create("urn:mccache:default"));
  }

  private static java.util.Comparator<String> Comparator() {
    return String.CASE_INSENSITIVE_ORDER.reversed();
  }

  /** Their own tests are in their projects; here, that each is accepted under its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.springframework.cache.interceptor.SimpleKey",
        "org.springframework.cache.support.NullValue",
        "org.springframework.data.domain.PageImpl",
        "org.springframework.data.domain.PageRequest",
        "org.springframework.data.domain.Sort$Order",
        "org.springframework.util.LinkedCaseInsensitiveMap",
        "org.hibernate.cache.internal.BasicCacheKeyImplementation",
        "org.hibernate.cache.internal.CacheKeyImplementation",
        "org.hibernate.cache.internal.NaturalIdCacheKey",
        "org.hibernate.cache.spi.QueryKey",
        "org.hibernate.cache.spi.entry.StandardCacheEntryImpl",
        "org.hibernate.cache.spi.entry.CollectionCacheEntry",
        "org.hibernate.cache.spi.support.AbstractReadWriteAccess$Item",
        "org.hibernate.cache.spi.support.AbstractReadWriteAccess$SoftLockImpl"
      })
  void basicClasses_keysAndEntriesOfSpringAndHibernate_areAmongThem(String name) {
    assertThat(BasicClasses.contains(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.hibernate.cache.spi.entry.ReferenceCacheEntryImpl",
        "org.springframework.data.domain.Sort$TypedSort",
        "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider"
      })
  void basicClasses_whatHoldsMoreThanValues_isNotAmongThem(String name) {
    assertThat(BasicClasses.contains(name)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("basicObjects")
  void decode_basicObjectFromElsewhere_givesItBack(Object object) {
    assertThat(receive(plain(), object)).isEqualTo(object).hasSameClassAs(object);
  }

  @Test
  void decode_arraysOfBasicObjectsFromElsewhere_givesThemBack() {
    assertThat(receive(plain(), new int[][] {{1, 2}, {}})).isEqualTo(new int[][] {{1, 2}, {}});
    assertThat(receive(plain(), new String[] {"a", "a"})).isEqualTo(new String[] {"a", "a"});
    assertThat((Object[]) receive(plain(), new ArrayDeque<>(List.of(1, 2)).toArray()))
        .containsExactly(1, 2);
    assertThat(((PriorityQueue<?>) receive(plain(), new PriorityQueue<>(List.of(2, 1)))).peek())
        .isEqualTo(1);
  }

  @Test
  void decode_strangeClass_isNeverRun() {
    Object nested = new ArrayList<>(List.of("a", new Gadget[] {new Gadget()}));
    for (Object object : List.of(new Gadget(), nested)) {
      DecodingException thrown = refused(plain(), plain().encode(object));
      assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
      assertThat(thrown.className()).isEqualTo(Gadget.class.getName());
      assertThat(thrown.settingToAdd())
          .isEqualTo("mccache.serialization.allow += \"io.github.mccache.codec.*\"");
      assertThat(thrown)
          .hasMessageContaining(thrown.settingToAdd())
          .hasMessageContaining(Gadget.class.getName())
          .hasMessageContaining("mccache.conf");
      assertThat(thrown.isEndedByPut()).isTrue();
      assertThat(Gadget.sprung).isFalse();
    }
    receive(allowing("io.github.mccache.codec.Orders$Gadget"), new Gadget());
    assertThat(Gadget.sprung).as("the gadget works where it is allowed").isTrue();
    Gadget.sprung = false;
  }

  @Test
  void decode_strangeClassWithinAnAllowedOne_isNamedExactly() {
    Codecs receiver = allowing("io.github.mccache.codec.Orders$Customer", Party.class.getName());
    Customer customer = new Customer();
    assertThat(receive(receiver, customer)).isInstanceOf(Customer.class);
    customer.extra = new Line("secret", 1);
    DecodingException thrown = refused(receiver, plain().encode(customer));
    assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(thrown.className()).isEqualTo(Line.class.getName());
    assertThat(thrown).hasMessageNotContaining("secret");
  }

  @Test
  void decode_refusalSwallowedByReadObject_isStillRefused() {
    Careless careless = new Careless();
    careless.content = new Gadget();
    DecodingException thrown =
        refused(allowing(Careless.class.getName()), plain().encode(careless));
    assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(thrown.className()).isEqualTo(Gadget.class.getName());
    assertThat(Gadget.sprung).isFalse();
  }

  @Test
  void decode_classPutHereBefore_isAllowedInThatCacheOnly() {
    Codecs here = plain();
    Encoded fromElsewhere = plain().encode(new Line("a", 1));
    assertThat(refused(here, fromElsewhere).reason()).isEqualTo(Reason.NOT_ALLOWED);
    here.learn(new Line[0]);
    assertThat(here.decode(fromElsewhere)).isEqualTo(new Line("a", 1));
    assertThat(refused(plain(), fromElsewhere).reason()).isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void decode_declaredType_isAllowedWithTheTypesOfItsFields() {
    Order order = new Order();
    order.lines.add(new Line("a", 1));
    order.payment = new Card("1", List.of("note"));
    Order received = (Order) receive(declaring(Long.class, Order.class), order);
    assertThat(received.lines).isEqualTo(order.lines);
    assertThat(received.payment).isEqualTo(order.payment);
    order.attributes.put("a", new Gadget());
    DecodingException thrown = refused(declaring(Order.class), plain().encode(order));
    assertThat(thrown.className()).isEqualTo(Gadget.class.getName());
  }

  @Test
  void decode_declaredArrayAndSealedTypes_areAllowed() {
    assertThat(receive(declaring(Line[].class), new Line("a", 1))).isEqualTo(new Line("a", 1));
    assertThat(receive(declaring(Orders.Payment.class), new Cash(1))).isEqualTo(new Cash(1));
    assertThat(refused(declaring(Object.class), plain().encode(new Line("a", 1))).reason())
        .isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void decode_classOfAPattern_isAllowed() {
    Line line = new Line("a", 1);
    String name = Line.class.getName();
    assertThat(receive(allowing("com.acme.X", name), line)).isEqualTo(line);
    assertThat(receive(allowing(ALL_OF_US), line)).isEqualTo(line);
    assertThat(receive(allowing("io.github.**"), line)).isEqualTo(line);
    for (String other : List.of("io.github.*", "io.git.**", "io.github.mccache.codec.Orders")) {
      assertThat(refused(allowing(other), plain().encode(line)).reason())
          .isEqualTo(Reason.NOT_ALLOWED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "com.acme.Order, com.acme.Order, true",
    "com.acme.Order, com.acme.OrderLine, false",
    "com.acme.*, com.acme.Order, true",
    "com.acme.*, com.acme.Order$Line, true",
    "com.acme.*, com.acme.eu.Order, false",
    "com.acme.*, com.acme, false",
    "com.acme.**, com.acme.eu.Order, true",
    "com.acme.**, com.acmeX.Order, false",
    "com.*.Order, com.acme.Order, true",
    "com.*.Order, com.acme.eu.Order, false",
    "com.**.Order, com.acme.eu.Order, true",
    "com.acme.*Key, com.acme.OrderKey, true",
    "com.acme.*Key, com.acme.KeyRing, false",
    "com.acme.Order$*, com.acme.Order$Line, true",
    "com.acme.**Key, com.acme.eu.OrderKey, true",
  })
  void match_table(String pattern, String className, boolean expected) {
    assertThat(new ClassPatterns(List.of(pattern)).match(className)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "**", "*.Order", "co*.Order", "com.acme.", "com..Order", "com.acme.***"})
  void constructor_patternThatIsNone_saysWhatIsAccepted(String pattern) {
    assertThatThrownBy(() -> allowing(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + pattern + "\"")
        .hasMessageContaining("com.acme.**");
  }

  @Test
  void decode_classesKnownFromAttacks_areNotBasic() {
    for (String name :
        List.of(
            "java.lang.reflect.Proxy",
            "java.lang.invoke.SerializedLambda",
            "java.lang.ProcessBuilder",
            "java.net.URL",
            "java.net.InetAddress",
            "java.rmi.server.RemoteObjectInvocationHandler",
            "java.rmi.MarshalledObject",
            "java.security.SignedObject",
            "java.util.ServiceLoader",
            "java.util.Collections$CopiesList",
            "java.util.Collections$CheckedList",
            "java.util.logging.Logger",
            "javax.management.BadAttributeValueExpException",
            "javax.swing.event.EventListenerList",
            "sun.reflect.annotation.AnnotationInvocationHandler",
            "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
            "java.lang.Throwable")) {
      assertThat(BasicClasses.contains(name)).as(name).isFalse();
    }
  }

  @Test
  void decode_classKnownFromAttacks_isAllowedByTheSettingAlone() {
    Object lambda = (Runnable & Serializable) () -> {};
    Codecs receiver = plain();
    receiver.learn(lambda);
    receiver.learn(new HashSet<>(Set.of(url())));
    assertThat(receiver.copy(lambda)).as("its own").isInstanceOf(Runnable.class);
    assertThat(refused(receiver, plain().encode(lambda)).className())
        .isEqualTo("java.lang.invoke.SerializedLambda");
    assertThat(refused(receiver, plain().encode(new HashSet<>(Set.of(url())))).settingToAdd())
        .isEqualTo("mccache.serialization.allow += \"java.net.URL\"");
    assertThat(refused(receiver, plain().encode(lambda)).isEndedByPut()).isFalse();
    assertThat(refused(declaring(URL.class), plain().encode(url())).reason())
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(receive(allowing("java.net.URL"), url())).isEqualTo(url());
    assertThat(receive(allowing("java.lang.invoke.*", ALL_OF_US), lambda))
        .isInstanceOf(Runnable.class);
  }

  private static URL url() {
    try {
      return new URL("http://127.0.0.1/");
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void deniedClasses_noneOfThem_isBasic() {
    assertThat(BasicClasses.names())
        .filteredOn(DeniedClasses::contains)
        .containsExactly("sun.util.calendar.ZoneInfo");
  }

  @Test
  void decode_namesOfClassesThatAreNotThere_areLookedForNotForEver() {
    AtomicInteger lookedFor = new AtomicInteger();
    ClassLoader loader =
        new ClassLoader(CodecsFixture.loader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            lookedFor.incrementAndGet();
            throw new ClassNotFoundException(name);
          }
        };
    Codecs codecs = new Codecs(loader, List.of(), List.of("com.acme.**", ALL_OF_US), List.of());
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 3_000; i++) {
        byte[] name = ("com.acme.Invented" + i).getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[2 + name.length];
        bytes[1] = (byte) name.length;
        System.arraycopy(name, 0, bytes, 2, name.length);
        assertThat(refused(codecs, new Encoded(CodecNumber.ENUM, bytes)).reason())
            .isEqualTo(Reason.CLASS_NOT_FOUND);
      }
    }
    assertThat(lookedFor).hasValueLessThanOrEqualTo(1_000);
    assertThat(codecs.decode(new Encoded(63, plain().encode(new Line("a", 1)).bytes())))
        .as("what is there is still found")
        .isEqualTo(new Line("a", 1));
  }

  @Test
  void basicClasses_allOfThem_existInThisJdk() {
    for (String name : BasicClasses.names()) {
      if (!name.startsWith("org.")) {
        assertThatCode(() -> Class.forName(name)).as(name).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void decode_urlFromElsewhere_isNotAllowed() throws Exception {
    Encoded encoded = plain().encode(new HashSet<>(Set.of(new URL("http://127.0.0.1/"))));
    assertThat(refused(plain(), encoded).className()).isEqualTo("java.net.URL");
  }

  @Test
  void decode_proxyAndLambdaFromElsewhere_areNotAllowed() {
    Object lambda = (Runnable & Serializable) () -> {};
    assertThat(refused(allowing(ALL_OF_US), plain().encode(lambda)).className())
        .isEqualTo("java.lang.invoke.SerializedLambda");
  }
}
