package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.transport.InterfaceSelector.Candidate;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceSelectorTest {

  private static final InetAddress IPV4_GROUP = address("239.192.77.67");
  private static final InetAddress IPV6_GROUP = address("ff15::4d43");

  private final InterfaceSelector selector =
      new InterfaceSelector(
          List.of(
              candidate("lo", true, true, "::1", "127.0.0.1"),
              candidate("eth1", false, true, "10.0.0.9", "10.0.0.200", "fe80::1", "fd00::2"),
              candidate("eth0", false, true, "192.0.2.2"),
              candidate("down0", false, false)));

  @ParameterizedTest
  @CsvSource({
    "loopback, lo, 127.0.0.1",
    "lo, lo, 127.0.0.1",
    "127.0.0.1, lo, 127.0.0.1",
    "eth1, eth1, 10.0.0.9",
    "10.0.0.200, eth1, 10.0.0.200",
    "' eth0 ', eth0, 192.0.2.2"
  })
  void select_settingForIpv4_findsInterfaceAndAddress(String setting, String name, String address) {
    InterfaceChoice choice = selector.select(setting, true, IPV4_GROUP);

    assertThat(choice.interfaceName()).isEqualTo(name);
    assertThat(choice.address()).isEqualTo(address(address));
    assertThat(choice.loopback()).isEqualTo(name.equals("lo"));
    assertThat(choice.reason()).startsWith("the setting");
  }

  @ParameterizedTest
  @CsvSource({"loopback, lo, ::1", "eth1, eth1, fd00::2", "fe80::1, eth1, fe80::1"})
  void select_settingForIpv6_findsAddressOfThatKind(String setting, String name, String address) {
    InterfaceChoice choice = selector.select(setting, true, IPV6_GROUP);

    assertThat(choice.interfaceName()).isEqualTo(name);
    assertThat(choice.address()).isEqualTo(address(address));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth7", "10.1.1.1", "999.1.1.1", "", "localhost", "2001:db8::1", ":"})
  void select_unknown_listsWhatIsThere(String setting) {
    assertThatThrownBy(() -> selector.select(setting, true, IPV4_GROUP))
        .isInstanceOf(TransportException.class)
        .hasMessage(
            "mccache.cluster.interface = "
                + setting
                + " is no interface and no address of this machine; accepted: loopback, or the name"
                + " or IPv4 address of one of these: down0 (no address, down); eth0 (192.0.2.2);"
                + " eth1 (10.0.0.9, 10.0.0.200, fd00:0:0:0:0:0:0:2, fe80:0:0:0:0:0:0:1);"
                + " lo (127.0.0.1, 0:0:0:0:0:0:0:1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "10.0.0.0/8"})
  void select_formOfALaterVersion_saysSo(String setting) {
    assertThatThrownBy(() -> selector.select(setting, true, IPV4_GROUP))
        .hasMessageContaining(setting + " is not in this version yet");
  }

  @Test
  void select_addressOfOtherKindThanGroup_isRefused() {
    assertThatThrownBy(() -> selector.select("10.0.0.9", true, IPV6_GROUP))
        .hasMessageContaining("of the other kind of address than the group");
    assertThatThrownBy(() -> selector.select("eth0", true, IPV6_GROUP))
        .hasMessageContaining("eth0 has no address for this group");
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth0", "192.0.2.2"})
  void select_beyondLoopbackWithoutInsecure_showsTheLinesToAdd(String setting) {
    assertThatThrownBy(() -> selector.select(setting, false, IPV4_GROUP))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("eth0 (192.0.2.2), which is not loopback")
        .hasMessageContaining("\n  mccache.cluster.keys = [\"<256-bit key in base64>\"] ")
        .hasMessageContaining("sealing is not in this version yet")
        .hasMessageContaining("\n  mccache.cluster.insecure = true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"loopback", "lo", "127.0.0.1"})
  void select_loopbackWithoutInsecure_isAllowed(String setting) {
    assertThat(selector.select(setting, false, IPV4_GROUP).loopback()).isTrue();
  }

  @Test
  void ofThisMachine_loopback_isThere() {
    assertThat(InterfaceSelector.ofThisMachine().select("loopback", false, IPV4_GROUP).address())
        .matches(InetAddress::isLoopbackAddress);
  }

  private static Candidate candidate(
      String name, boolean loopback, boolean up, String... addresses) {
    return new Candidate(
        name, loopback, up, Arrays.stream(addresses).map(a -> address(a)).toList());
  }

  private static InetAddress address(String literal) {
    return AddressLiteral.parse(literal).orElseThrow();
  }
}
