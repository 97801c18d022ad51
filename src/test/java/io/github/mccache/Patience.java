package io.github.mccache;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets every test wait as long as a busy machine may need; what happens in time costs nothing. */
public final class Patience implements BeforeAllCallback {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For the service loader. */
  public Patience() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(PATIENCE);
  }
}
