package io.github.mccache.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types of values that settings have. Units are parsed by the library, bounds are ours. */
final class ValueTypes {

  private static final String OFF = "off";
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final List<TimeUnit> LARGEST_FIRST =
      List.of(
          TimeUnit.DAYS,
          TimeUnit.HOURS,
          TimeUnit.MINUTES,
          TimeUnit.SECONDS,
          TimeUnit.MILLISECONDS,
          TimeUnit.MICROSECONDS);
  private static final Pattern PLAIN = Pattern.compile("[\\p{Alnum}_.-]+");
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern UNIT = Pattern.compile(".*[a-zA-Z]", Pattern.DOTALL);
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern PEER =
      Pattern.compile("(dns:)?([\\p{Alnum}._-]+|\\[[0-9a-fA-F:.]+\\]):([0-9]{1,5})");
  private static final Pattern CLASS_PATTERN =
      Pattern.compile(
          "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*(\\.[\\p{javaJavaIdentifierPart}.*]*)?");

  private ValueTypes() {}

  static ValueType<Boolean> flag() {
    return ValueType.ofText(
        "true or false (also on, off, yes, no)",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "on", "yes" -> true;
              case "false", "off", "no" -> false;
              default -> throw new WrongValueException("is neither true nor false");
            },
        value -> Boolean.toString(value));
  }

  /** Whole numbers; {@code what} completes "a whole number …", with a leading space. */
  static ValueType<Integer> number(String what, int least, int most) {
    return ValueType.ofText(
        "a whole number" + what + " from " + least + " to " + most,
        text -> Math.toIntExact(wholeNumber(text, least, most)),
        value -> Integer.toString(value));
  }

  /** Counts of 1 or more, or {@code off} for {@link Long#MAX_VALUE}. */
  static ValueType<Long> countOrOff() {
    return ValueType.ofText(
        "a whole number of 1 or more, or off for no bound",
        text -> isOff(text) ? Long.MAX_VALUE : wholeNumber(text, 1, Long.MAX_VALUE),
        value -> value == Long.MAX_VALUE ? OFF : Long.toString(value));
  }

  static ValueType<Long> size(long most) {
    return ValueType.ofText(
        "a size from 1 byte to " + sizeText(most) + ", such as 65536, 512KiB",
        text -> sizeInBytes(text, 1, most),
        ValueTypes::sizeText);
  }

  static ValueType<Optional<Long>> sizeOrOff() {
    return ValueType.ofText(
        "a size of 1 byte or more, such as 8388608, 64MiB, 1GiB, or off for no bound",
        text ->
            isOff(text) ? Optional.empty() : Optional.of(sizeInBytes(text, 1, Long.MAX_VALUE - 1)),
        value -> value.map(ValueTypes::sizeText).orElse(OFF));
  }

  static ValueType<Duration> duration() {
    return ValueType.ofText(
        "a duration with its unit from 1ms to 3650d, such as 500ms, 2s, 10m",
        ValueTypes::durationOf,
        ValueTypes::durationText);
  }

  static ValueType<Optional<Duration>> durationOrOff() {
    return ValueType.ofText(
        "a duration with its unit from 1ms to 3650d, such as 500ms, 30s, 2h, or off",
        text -> isOff(text) ? Optional.empty() : Optional.of(durationOf(text)),
        value -> value.map(ValueTypes::durationText).orElse(OFF));
  }

  /** Words: the names of the constants in lower case, {@code _} as {@code -}. */
  static <E extends Enum<E>> ValueType<E> word(String accepted, Class<E> type) {
    return ValueType.ofText(
        accepted,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> wordOf(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new WrongValueException("is none of the words accepted")),
        ValueTypes::wordOf);
  }

  static ValueType<String> label(int least, int most) {
    return ValueType.ofText(
        least + " to " + most + " characters, none of them a control character",
        text -> {
          if (text.length() < least || text.length() > most) {
            throw new WrongValueException("has " + text.length() + " characters");
          }
          if (text.chars().anyMatch(Character::isISOControl)) {
            throw new WrongValueException("holds a control character");
          }
          return text;
        },
        Function.identity());
  }

  static ValueType<String> networkInterface() {
    return ValueType.ofText(
        "loopback, the name of a network interface such as eth0, or an address of one",
        text -> {
          if (text.isEmpty() || text.length() > 100 || !text.matches("\\S+")) {
            throw new WrongValueException("names no interface");
          }
          return text;
        },
        Function.identity());
  }

  static ValueType<InetAddress> multicastGroup() {
    return ValueType.ofText(
        "an IPv4 address from 224.0.0.0 to 239.255.255.255 or an IPv6 address that starts with ff",
        text -> {
          InetAddress address = literal(text);
          if (address == null) {
            throw new WrongValueException("is no IP address");
          }
          if (!address.isMulticastAddress()) {
            throw new WrongValueException("is not a multicast address");
          }
          return address;
        },
        InetAddress::getHostAddress);
  }

  static ValueType<List<String>> peers() {
    return listOf(
        "a list of host:port and dns:name:port with ports from 1 to 65535",
        text -> {
          var matcher = PEER.matcher(text);
          if (!matcher.matches()) {
            throw new WrongValueException("is neither host:port nor dns:name:port");
          }
          long unused = wholeNumber(matcher.group(3), 1, 65535);
          return text;
        },
        Function.identity());
  }

  static ValueType<List<String>> classPatterns() {
    return listOf(
        "a list of class names, com.acme.Order, packages, com.acme.*, and packages with those below"
            + " them, com.acme.**",
        text -> {
          if (text.startsWith("*")) {
            throw new WrongValueException("would allow every class");
          }
          if (!CLASS_PATTERN.matcher(text).matches()
              || text.contains("..")
              || text.contains("***")
              || text.endsWith(".")
              || text.length() > 500) {
            throw new WrongValueException("is no class name or pattern");
          }
          return text;
        },
        Function.identity());
  }

  static ValueType<List<SealingKey>> keys() {
    return listOf(
        "a list of keys, each base64 of " + SealingKey.BYTES + " bytes",
        text -> {
          byte[] bytes;
          try {
            bytes = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
          } catch (IllegalArgumentException e) {
            throw new WrongValueException("is not base64");
          }
          if (bytes.length != SealingKey.BYTES) {
            throw new WrongValueException("has " + bytes.length + " bytes");
          }
          return new SealingKey(bytes);
        },
        SealingKey::toString);
  }

  /** Returns the address that a text spells, null if it spells none; asks no name service. */
  static @Nullable InetAddress literal(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getAllByName(text)[0];
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static <T> ValueType<List<T>> listOf(
      String accepted, Function<String, T> item, Function<T, String> writer) {
    return new ValueType<>(
        accepted,
        raw -> {
          if (raw.shape() == RawValue.Shape.OTHER) {
            throw new WrongValueException("is no list");
          }
          List<T> items = new ArrayList<>();
          for (String text : raw.items()) {
            try {
              items.add(item.apply(text.strip()));
            } catch (WrongValueException e) {
              throw new WrongValueException(
                  "is not accepted: item " + (items.size() + 1) + " " + e.reason());
            }
          }
          return List.copyOf(items);
        },
        value ->
            value.stream()
                .map(writer)
                .map(ValueTypes::quoted)
                .collect(Collectors.joining(", ", "[", "]")));
  }

  /** Returns a text as HOCON takes it, in double quotes if it needs them. */
  static String quoted(String text) {
    return PLAIN.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
  }

  private static boolean isOff(String text) {
    return text.equalsIgnoreCase(OFF);
  }

  private static String wordOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static long wholeNumber(String text, long least, long most) {
    if (!WHOLE.matcher(text).matches()) {
      throw new WrongValueException("is not a whole number");
    }
    return within(new BigInteger(text), least, most, value -> Long.toString(value));
  }

  private static long within(BigInteger value, long least, long most, Function<Long, String> text) {
    if (value.compareTo(BigInteger.valueOf(least)) < 0) {
      throw new WrongValueException("is below " + text.apply(least));
    }
    if (value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new WrongValueException("is above " + text.apply(most));
    }
    return value.longValueExact();
  }

  private static long sizeInBytes(String text, long least, long most) {
    if (text.startsWith("-")) {
      throw new WrongValueException("is below " + sizeText(least));
    }
    try {
      return within(
          config(text).getMemorySize("v").toBytesBigInteger(), least, most, ValueTypes::sizeText);
    } catch (ConfigException e) {
      throw new WrongValueException("is no size");
    }
  }

  private static Duration durationOf(String text) {
    if (WHOLE.matcher(text).matches()) {
      throw new WrongValueException("has no unit");
    }
    Duration duration;
    try {
      duration = UNIT.matcher(text).matches() ? config(text).getDuration("v") : null;
    } catch (ConfigException e) {
      duration = null;
    }
    if (duration == null) {
      throw new WrongValueException("is no duration");
    }
    if (duration.compareTo(Duration.ofMillis(1)) < 0) {
      throw new WrongValueException("is below 1ms");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new WrongValueException("is above 3650d");
    }
    return duration;
  }

  private static Config config(String text) {
    return ConfigFactory.parseMap(Map.of("v", text));
  }

  static String durationText(Duration duration) {
    long nanos = duration.toNanos();
    for (TimeUnit unit : LARGEST_FIRST) {
      if (nanos % unit.toNanos(1) == 0) {
        return unit.convert(duration) + symbol(unit);
      }
    }
    return nanos + "ns";
  }

  private static String symbol(TimeUnit unit) {
    return switch (unit) {
      case DAYS -> "d";
      case HOURS -> "h";
      case MINUTES -> "m";
      case SECONDS -> "s";
      case MILLISECONDS -> "ms";
      case MICROSECONDS -> "us";
      case NANOSECONDS -> "ns";
    };
  }

  static String sizeText(long bytes) {
    String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
    long rest = bytes;
    int unit = 0;
    while (rest >= 1024 && rest % 1024 == 0 && unit < units.length - 1) {
      rest /= 1024;
      unit++;
    }
    return rest + units[unit];
  }
}
