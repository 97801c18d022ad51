/**
 * McCache for Java: a JCache (JSR-107) provider whose caches stay coherent across a small cluster
 * by UDP multicast.
 *
 * @provides javax.cache.spi.CachingProvider
 */
module io.github.mccache {
  requires transitive cache.api;
  requires com.google.protobuf;
  requires java.management;
  requires org.slf4j;
  requires typesafe.config;
  requires static transitive org.jspecify;

  exports io.github.mccache;
  exports io.github.mccache.api;

  provides javax.cache.spi.CachingProvider with
      io.github.mccache.McCachingProvider;
}
