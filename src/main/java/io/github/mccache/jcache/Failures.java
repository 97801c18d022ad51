package io.github.mccache.jcache;

import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.MemberFailedException;
import io.github.mccache.store.KeyDeadlockException;
import javax.cache.CacheException;

/** Where exceptions of the rooms below become those of JSR-107. */
final class Failures {

  private Failures() {}

  /** Returns what the caller is to see. */
  static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof EncodingException
        || failure instanceof KeyDeadlockException
        || failure instanceof MemberFailedException) {
      return new CacheException(failure.getMessage(), failure);
    }
    return failure;
  }
}
