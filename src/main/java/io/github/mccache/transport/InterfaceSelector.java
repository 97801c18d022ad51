package io.github.mccache.transport;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the network interface that {@code mccache.cluster.interface} means, and holds the rule that
 * a member is safe by default: beyond loopback only with {@code insecure}. Deterministic: the same
 * setting on the same machine gives the same choice, whatever order the system lists things in.
 * Immutable.
 */
public final class InterfaceSelector {

  private static final String SETTING = "mccache.cluster.interface";

  /** What is known of one interface of this machine. */
  record Candidate(String name, boolean loopback, boolean up, List<InetAddress> addresses) {

    Candidate {
      addresses = addresses.stream().sorted(ADDRESS_ORDER).toList();
    }

    Optional<InetAddress> first(Predicate<InetAddress> wanted) {
      return addresses.stream().filter(wanted).findFirst();
    }

    @Override
    public String toString() {
      return name
          + " ("
          + (addresses.isEmpty()
              ? "no address"
              : addresses.stream()
                  .map(InetAddress::getHostAddress)
                  .collect(Collectors.joining(", ")))
          + (up ? ")" : ", down)");
    }
  }

  /** IPv4 first, link-local addresses last, then by value. */
  private static final Comparator<InetAddress> ADDRESS_ORDER =
      Comparator.<InetAddress, Boolean>comparing(address -> !(address instanceof Inet4Address))
          .thenComparing(InetAddress::isLinkLocalAddress)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  private final List<Candidate> candidates;

  InterfaceSelector(List<Candidate> candidates) {
    this.candidates = candidates.stream().sorted(Comparator.comparing(Candidate::name)).toList();
  }

  /**
   * Returns a selector over the interfaces that this machine has now.
   *
   * @throws TransportException when the system does not list them
   */
  public static InterfaceSelector ofThisMachine() {
    try {
      List<Candidate> candidates = new ArrayList<>();
      for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        candidates.add(
            new Candidate(
                network.getName(),
                network.isLoopback(),
                network.isUp(),
                Collections.list(network.getInetAddresses())));
      }
      return new InterfaceSelector(candidates);
    } catch (SocketException e) {
      throw new TransportException(
          "the network interfaces of this machine cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the interface for a group and refuses one that is not safe.
   *
   * @param setting {@code loopback}, the name of an interface, or one of this machine's addresses
   * @param insecure whether unprotected frames may leave this machine
   * @param group the multicast group, which decides whether an IPv4 or IPv6 address is needed
   * @throws TransportException when nothing matches, or when it is refused; the message lists what
   *     there is, or the lines to add
   */
  public InterfaceChoice select(String setting, boolean insecure, InetAddress group) {
    boolean ipv4 = group instanceof Inet4Address;
    InterfaceChoice choice = find(setting.strip(), ipv4);
    if (!choice.loopback() && !insecure) {
      throw new TransportException(refusal(setting, choice));
    }
    return choice;
  }

  private InterfaceChoice find(String setting, boolean ipv4) {
    if (setting.equals("auto") || setting.indexOf('/') >= 0) {
      throw unknown(setting, "is not in this version yet", ipv4);
    }
    if (setting.equals("loopback")) {
      return candidates.stream()
          .filter(candidate -> candidate.loopback() && candidate.up())
          .flatMap(candidate -> choose(candidate, ipv4, "the setting is loopback").stream())
          .findFirst()
          .orElseThrow(() -> unknown(setting, "has no address for this group", ipv4));
    }
    for (Candidate candidate : candidates) {
      if (candidate.name().equals(setting)) {
        return choose(candidate, ipv4, "the setting names this interface")
            .orElseThrow(() -> unknown(setting, "has no address for this group", ipv4));
      }
    }
    InetAddress address =
        AddressLiteral.parse(setting)
            .orElseThrow(
                () -> unknown(setting, "is no interface and no address of this machine", ipv4));
    return withAddress(setting, address, ipv4);
  }

  private InterfaceChoice withAddress(String setting, InetAddress address, boolean ipv4) {
    for (Candidate candidate : candidates) {
      Optional<InetAddress> own = candidate.first(address::equals);
      if (own.isPresent()) {
        if (address instanceof Inet4Address != ipv4) {
          throw unknown(setting, "is of the other kind of address than the group", ipv4);
        }
        return new InterfaceChoice(
            candidate.name(),
            own.get(),
            candidate.loopback(),
            "the setting is an address of this interface");
      }
    }
    throw unknown(setting, "is no interface and no address of this machine", ipv4);
  }

  private static Optional<InterfaceChoice> choose(
      Candidate candidate, boolean ipv4, String reason) {
    return candidate
        .first(address -> address instanceof Inet4Address == ipv4)
        .map(
            address ->
                new InterfaceChoice(candidate.name(), address, candidate.loopback(), reason));
  }

  private TransportException unknown(String setting, String what, boolean ipv4) {
    return new TransportException(
        SETTING
            + " = "
            + setting
            + " "
            + what
            + "; accepted: loopback, or the name or "
            + (ipv4 ? "IPv4" : "IPv6")
            + " address of one of these: "
            + (candidates.isEmpty()
                ? "this machine has no interface"
                : candidates.stream().map(Candidate::toString).collect(Collectors.joining("; "))));
  }

  private static String refusal(String setting, InterfaceChoice choice) {
    return SETTING
        + " = "
        + setting
        + " means "
        + choice
        + ", which is not loopback, and nothing seals the frames: any host on that network could"
        + " read and change the caches. Set "
        + SETTING
        + " = loopback, or add one of these lines:\n"
        + "  mccache.cluster.keys = [\"<256-bit key in base64>\"]   (sealing is not in this version"
        + " yet)\n"
        + "  mccache.cluster.insecure = true";
  }
}
