package io.github.mccache.jcache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.cache.integration.CompletionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a {@link CompletionListener} how something ended: exactly once, and whatever it throws
 * stays here.
 */
final class CompletionReport {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionReport.class);

  private CompletionReport() {}

  static void to(CompletionListener listener, CompletableFuture<?> done) {
    var unused = done.whenComplete((result, failure) -> report(listener, failure));
  }

  private static void report(CompletionListener listener, @Nullable Throwable failure) {
    try {
      if (failure == null) {
        listener.onCompletion();
      } else {
        listener.onException(asException(failure));
      }
    } catch (RuntimeException e) {
      LOG.warn("a completion listener failed", e);
    }
  }

  private static Exception asException(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof Exception exception ? exception : new CompletionException(cause);
  }
}
