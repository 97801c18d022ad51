package io.github.mccache.architecture.violations.replication;

/** Breaks the laws of this room; see ArchitectureTest. */
final class Violations {

  static class SeesEveryRoom {
    io.github.mccache.architecture.violations.McCachingProvider provider;
    io.github.mccache.architecture.violations.api.Door api;
    io.github.mccache.architecture.violations.jcache.Door jcache;
    io.github.mccache.architecture.violations.node.Door node;
    io.github.mccache.architecture.violations.replication.Door replication;
    io.github.mccache.architecture.violations.wire.Door wire;
    io.github.mccache.architecture.violations.wire.proto.Door generated;
    io.github.mccache.architecture.violations.transport.Door transport;
    io.github.mccache.architecture.violations.store.Door store;
    io.github.mccache.architecture.violations.codec.Door codec;
    io.github.mccache.architecture.violations.protocol.Door protocol;
    io.github.mccache.architecture.violations.config.Door config;
    io.github.mccache.architecture.violations.cli.Door cli;
  }

  static class SeesEveryLibrary {
    javax.cache.Cache<?, ?> cache;
    javax.management.ObjectName name;
    javax.crypto.Cipher cipher;
    com.google.protobuf.ByteString bytes;
    com.typesafe.config.Config config;
    org.slf4j.Logger logger;
  }

  static class StartsThread {
    void violate() {
      new Thread(() -> {}).start();
    }
  }

  static class Schedules {
    void violate() {
      java.util.concurrent.Executors.newScheduledThreadPool(1);
    }
  }

  static class OpensSocket {
    java.net.DatagramSocket violation;
  }

  static class SeesNanoTime {
    long violation = System.nanoTime();
  }

  static class SeesMillis {
    long violation = System.currentTimeMillis();
  }

  static class SeesInstant {
    java.time.Instant violation = java.time.Instant.now();
  }

  static class SeesClock {
    java.time.Clock violation;
  }

  static class SeesInstantSource {
    java.time.InstantSource violation;
  }

  static class MakesRandom {
    Object violation = new java.util.Random(1);
  }

  static class MakesSplittableRandom {
    Object violation = new java.util.SplittableRandom(1);
  }

  static class MakesSecureRandom {
    Object violation = new java.security.SecureRandom();
  }

  static class SeesThreadLocalRandom {
    Object violation = java.util.concurrent.ThreadLocalRandom.current();
  }

  static class SeesDefaultGenerator {
    Object violation = java.util.random.RandomGenerator.getDefault();
  }

  static class SeesGeneratorFactory {
    java.util.random.RandomGeneratorFactory<?> violation;
  }

  static class SeesMathRandom {
    double violation = Math.random();
  }

  static class SeesRandomUuid {
    Object violation = java.util.UUID.randomUUID();
  }

  static class SeesJdkLogger {
    java.util.logging.Logger violation;
  }

  static class SeesSystemLogger {
    System.Logger violation;
  }
}
