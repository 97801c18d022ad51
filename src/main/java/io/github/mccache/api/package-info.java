/**
 * What users import beyond {@code javax.cache}: the {@link io.github.mccache.api.McCache} view of a
 * cache, the configuration that only this provider understands, and the callbacks that go with it.
 * Nothing here depends on the rest of the product.
 */
@NullMarked
package io.github.mccache.api;

import org.jspecify.annotations.NullMarked;
