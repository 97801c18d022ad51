/**
 * What a user may set, read once when a cache manager is made and immutable from then on.
 *
 * <p>The door is {@link io.github.mccache.config.Settings}. Every source becomes a flat list of
 * assignments (setting, text, origin); the lists are laid over one another in the order of
 * precedence; only what is left on top is checked, so that a wrong value can be mended by a
 * stronger source. An unknown name is a mistake wherever it stands. All mistakes come together in
 * one {@link io.github.mccache.config.SettingsException}.
 *
 * <p>Surprising choices and their reasons:
 *
 * <ul>
 *   <li>The built-in defaults are {@code mccache-reference.conf} in this package and not {@code
 *       /reference.conf}: an application that uses the same library merges every {@code
 *       /reference.conf} of its class path into its own configuration, and ours would be in it. In
 *       a package of a named module it cannot be seen, let alone overridden, from outside.
 *   <li>A {@code ${?MCCACHE_…}} in the reference alone would put a variable <em>below</em> the
 *       file. So the reference is resolved without an environment and the variables are a layer of
 *       their own above the file; a test holds the names in both to be the same.
 *   <li>The library's {@code ConfigFactory.load}, its caches, its system properties ({@code
 *       config.file} and others) and its includer are never used; texts are read here, by location,
 *       so that nested jars work, remote includes do not, and nothing outlives the call.
 *   <li>A syntax error is told in our own words. The library's quote the text at fault, and that
 *       may be half a key.
 * </ul>
 *
 * <p>Threading: all types are immutable or confined to the call of {@code Settings.load}. Nothing
 * is static but constants. Nothing logs; {@link io.github.mccache.config.Settings#warnings} is for
 * the caller to log.
 */
@NullMarked
package io.github.mccache.config;

import org.jspecify.annotations.NullMarked;
