/**
 * Objects to bytes and back, copies for store-by-value, and the allow-list that decides what bytes
 * may become. {@link io.github.mccache.codec.Codecs} is the door, one per cache.
 *
 * <p><b>Threading.</b> Everything reachable from a {@code Codecs} is thread-safe; it has no thread,
 * no clock and no thread-local.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Decoding throws {@link io.github.mccache.codec.DecodingException} and nothing else, save
 *       what no program survives. It takes memory in proportion to the bytes it is given, whatever
 *       lengths they claim, and about as much time; only the user's own {@code readObject} can
 *       break that, and a hash map whose keys collide.
 *   <li>A class is loaded for bytes, and code of it runs, only after its name was found on the
 *       allow-list of the cache. The JVM's own {@code jdk.serialFilter} has the last word.
 *   <li>Equal keys of built-in types give equal bytes, and only that one form is decoded. The
 *       exceptions are protobuf messages, for which other languages may choose another order.
 *   <li>What was encoded by this member can be decoded by it without any setting.
 *   <li>Classes of the application are held weakly, so that a redeployed application can go: no
 *       static map, no {@code ClassValue} and no thread-local knows them.
 *   <li>No message holds a key or a value.
 * </ul>
 *
 * <p><b>Codec numbers</b> are fixed for ever; {@code src/site/markdown/codecs.md} describes the
 * bytes. 1 string, 2 string that UTF-8 cannot say, 3 boolean, 4 byte, 5 short, 6 int, 7 long, 8
 * float, 9 double, 10 char, 11 BigInteger, 12 BigDecimal, 13 bytes, 14 UUID, 15 Instant, 16
 * Duration, 17 LocalDate, 18 LocalTime, 19 LocalDateTime, 20 OffsetTime, 21 OffsetDateTime, 22
 * ZonedDateTime, 23 zone region, 24 ZoneOffset, 25 Year, 26 YearMonth, 27 MonthDay, 28 Period, 32
 * enum, 33 protobuf message, 63 Java serialization, 64 and above the user's.
 *
 * <p><b>Surprising choices.</b> Enums need to be allowed like any other class, since to find a
 * constant is to run a static initializer. In Java streams equal built-in values are written once
 * even when they are several objects, so that a record of strings and numbers can be a key. Bytes
 * that were encoded in a cache remember that, and its decoder trusts them: they need no permission
 * and no scan, and their classes come from the loader of the object that was encoded. Learning goes
 * by name, for that is all that bytes from elsewhere have.
 */
@NullMarked
package io.github.mccache.codec;

import org.jspecify.annotations.NullMarked;
