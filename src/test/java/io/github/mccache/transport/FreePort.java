package io.github.mccache.transport;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/** Finds a UDP port that nobody uses, so that tests on one machine do not hear each other. */
public final class FreePort {

  private FreePort() {}

  public static int next() throws IOException {
    try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
      return probe.getLocalPort();
    }
  }
}
