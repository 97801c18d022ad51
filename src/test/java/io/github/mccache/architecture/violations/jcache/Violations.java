package io.github.mccache.architecture.violations.jcache;

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

  static class PrintsToOut {
    void violate() {
      System.out.println();
    }
  }

  static class PrintsToErr {
    void violate() {
      System.err.println();
    }
  }

  static class PrintsTrace {
    void violate(Exception e) {
      e.printStackTrace();
    }
  }

  static class UsesCommonTimer {
    Object violate(java.util.concurrent.CompletableFuture<String> future) {
      return future.orTimeout(1, java.util.concurrent.TimeUnit.SECONDS);
    }
  }

  static class ReadsObjects {
    Object violate(java.io.ObjectInputStream in) throws Exception {
      return in.readObject();
    }
  }

  static class ExtendsObjectInputStream extends java.io.ObjectInputStream {
    ExtendsObjectInputStream() throws java.io.IOException {}
  }
}
