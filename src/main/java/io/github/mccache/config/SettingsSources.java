package io.github.mccache.config;

import java.net.URI;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * All that settings are made of, so that a test can bring its own.
 *
 * @param uri the manager's
 * @param loader the manager's, for the class path
 * @param environment the variables of the process
 * @param systemProperties those of the JVM, a copy
 * @param managerProperties those given to {@code getCacheManager}
 * @param defaultNodeName asked only if nobody named the node
 */
record SettingsSources(
    URI uri,
    ClassLoader loader,
    Map<String, String> environment,
    Properties systemProperties,
    Properties managerProperties,
    Supplier<String> defaultNodeName) {}
