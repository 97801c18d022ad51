package io.github.mccache.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads written addresses and never asks a name server. Pure functions. */
final class AddressLiteral {

  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  private AddressLiteral() {}

  /** Returns the address, or nothing when the text is not an IPv4 or IPv6 address. */
  static Optional<InetAddress> parse(String text) {
    // With a colon in it, the JDK takes a text for an IPv6 address or refuses it: no look-up.
    if (!IPV4.matcher(text).matches() && text.indexOf(':') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException notAnAddress) {
      return Optional.empty();
    }
  }
}
