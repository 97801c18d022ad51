package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.github.mccache.codec.Orders.Card;
import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Order;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that somebody has damaged: decoding gives an object or a DecodingException, and takes no
 * more memory than the bytes are worth.
 */
class DecodingMutationTest {

  private static final long SEED = 20_261_122;
  private static final int ROUNDS = 1_000;

  /** Classes, buffers and stack traces cost something whatever the bytes; gigabytes never. */
  private static final long MOST_ALLOCATED_PER_DECODING = 4 << 20;

  static Stream<Object> objects() {
    Order order = new Order();
    order.lines.add(new Line("article", 3));
    order.attributes.put("a", new ArrayList<>(List.of(1, 2L, "three")));
    order.payment = new Card("1234", List.of("x", "y", "z"));
    order.others = new Object[] {1, new long[] {1, 2, 3}, LocalDateTime.MIN};
    Map<Object, Object> map = new HashMap<>();
    map.put("set", new LinkedHashSet<>(List.of("a", "b")));
    map.put(new BigDecimal("1.5"), new TreeMap<>(Map.of("k", 'v')));
    map.put(1, BitSet.valueOf(new long[] {5, 6}));
    map.put(2, new EnumMap<>(Map.of(DayOfWeek.FRIDAY, "f")));
    map.put(3, new ConcurrentHashMap<>(Map.of(1, 2)));
    map.put(4, new java.util.PriorityQueue<>(List.of(3, 1, 2)));
    map.put(5, new java.util.ArrayDeque<>(List.of(3, 1, 2)));
    map.put(6, new java.util.Hashtable<>(Map.of("h", "t")));
    map.put(7, new java.util.GregorianCalendar());
    map.put(8, java.util.EnumSet.allOf(DayOfWeek.class));
    Struct struct =
        Struct.newBuilder()
            .putFields("a", Value.newBuilder().setStringValue("b").build())
            .putFields("c", Value.newBuilder().setNumberValue(1).build())
            .build();
    return Stream.of(
        "text \u20ac \ud83d\ude00",
        "\ud83d",
        true,
        (byte) 1,
        (short) 1,
        1,
        1L,
        1f,
        1d,
        'c',
        BigInteger.valueOf(1 << 20),
        new BigDecimal("1234.5678"),
        new byte[] {1, 2, 3},
        new UUID(1, 2),
        Instant.now(),
        Duration.ofDays(1),
        LocalDateTime.MAX,
        LocalDateTime.MAX.toLocalDate(),
        LocalDateTime.MAX.toLocalTime(),
        OffsetDateTime.MAX,
        OffsetDateTime.MAX.toOffsetTime(),
        ZonedDateTime.parse("2026-11-22T10:00:00+01:00[Europe/Paris]"),
        java.time.ZoneId.of("Europe/Paris"),
        ZoneOffset.MAX,
        java.time.Year.of(2026),
        java.time.YearMonth.of(2026, 11),
        java.time.MonthDay.of(11, 22),
        java.time.Period.of(1, 2, 3),
        DayOfWeek.MONDAY,
        struct,
        order,
        map,
        new int[][] {{1, 2}, {3}},
        (java.io.Serializable & Runnable) () -> {});
  }

  @ParameterizedTest
  @MethodSource("objects")
  void decode_mutatedBytes_failsOrGivesAnObject(Object object) throws JMException {
    Codecs codecs =
        CodecsFixture.plain(); // which learns the classes, so that names that change are refused
    Encoded encoded = codecs.encode(object);
    SplittableRandom random = new SplittableRandom(SEED);
    long before = allocatedBytes();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Encoded mutated = new Encoded(encoded.codec(), mutate(encoded.bytes(), random));
      try {
        assertThat(codecs.decode(mutated)).as("round %d", round).isNotNull();
      } catch (DecodingException e) {
        refused++;
      }
      long after = allocatedBytes();
      assertThat(after - before).as("round %d", round).isLessThan(MOST_ALLOCATED_PER_DECODING);
      before = after;
    }
    assertThat(refused > 0)
        .as("every byte array is some byte array")
        .isNotEqualTo(object instanceof byte[]);
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    byte[] mutated = bytes.clone();
    for (int changes = random.nextInt(4); changes >= 0; changes--) {
      int at = mutated.length == 0 ? 0 : random.nextInt(mutated.length);
      switch (mutated.length == 0 ? 3 : random.nextInt(6)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt();
        case 2 -> mutated = Arrays.copyOf(mutated, at);
        case 3 -> mutated = Arrays.copyOf(mutated, mutated.length + 1 + random.nextInt(9));
        case 4 -> mutated[at] = (byte) (random.nextBoolean() ? 0x7f : 0xff);
        default -> mutated[at] = mutated[random.nextInt(mutated.length)];
      }
    }
    return mutated;
  }

  /** Returns what this thread has allocated in its life, by the name of an extension of the JDK. */
  private static long allocatedBytes() throws JMException {
    return (long)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                "getThreadAllocatedBytes",
                new Object[] {Thread.currentThread().getId()},
                new String[] {"long"});
  }

  @Test
  void decode_randomBytesForEveryCodec_failsOrGivesAnObject() {
    Codecs codecs = CodecsFixture.plain();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        assertThat(codecs.decode(new Encoded(1 + random.nextInt(80), bytes))).isNotNull();
      } catch (DecodingException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
