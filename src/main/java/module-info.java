/**
 * McCache for Java: a JCache (JSR-107) provider whose caches stay coherent across a small cluster
 * by UDP multicast.
 *
 * @provides javax.cache.spi.CachingProvider
 */
module io.github.mccache {
  requires transitive cache.api;
  requires java.logging; // protobuf's, inside the jar
  requires java.management;
  requires jdk.unsupported; // protobuf's, inside the jar
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.github.mccache;
  exports io.github.mccache.api;

  provides javax.cache.spi.CachingProvider with
      io.github.mccache.McCachingProvider;
}
