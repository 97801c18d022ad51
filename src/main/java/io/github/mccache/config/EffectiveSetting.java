package io.github.mccache.config;

/**
 * One line of what is in force. Immutable.
 *
 * @param key the whole key, such as {@code mccache.cluster.name}
 * @param value the value as one would write it; {@code (hidden)} stands for each secret
 * @param origin where it was set: file and line, variable, property, or {@code built-in default}
 */
public record EffectiveSetting(String key, String value, String origin) {}
