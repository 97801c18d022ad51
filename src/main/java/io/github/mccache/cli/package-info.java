/**
 * What people run: programs with a {@code main}, and the only room that writes to the console. They
 * use caches as any application would, through {@code javax.cache} and {@code api}.
 */
@NullMarked
package io.github.mccache.cli;

import org.jspecify.annotations.NullMarked;
