package io.github.mccache.jcache;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.cache.configuration.Factory;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;

/** Expiry policies whose three answers are given one by one. */
final class Expiry implements ExpiryPolicy {

  static final Duration MINUTE = new Duration(TimeUnit.MINUTES, 1);

  private final Supplier<Duration> creation;
  private final Supplier<Duration> access;
  private final Supplier<Duration> update;

  private Expiry(
      Supplier<Duration> creation, Supplier<Duration> access, Supplier<Duration> update) {
    this.creation = creation;
    this.access = access;
    this.update = update;
  }

  static Factory<ExpiryPolicy> of(Duration creation, Duration access, Duration update) {
    return asking(() -> creation, () -> access, () -> update);
  }

  static Factory<ExpiryPolicy> asking(
      Supplier<Duration> creation, Supplier<Duration> access, Supplier<Duration> update) {
    return () -> new Expiry(creation, access, update);
  }

  static Duration fails() {
    throw new IllegalStateException("this policy always fails");
  }

  @Override
  public Duration getExpiryForCreation() {
    return creation.get();
  }

  @Override
  public Duration getExpiryForAccess() {
    return access.get();
  }

  @Override
  public Duration getExpiryForUpdate() {
    return update.get();
  }
}
