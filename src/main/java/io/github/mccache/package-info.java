/** Providers. */
@NullMarked
package io.github.mccache;

import org.jspecify.annotations.NullMarked;
