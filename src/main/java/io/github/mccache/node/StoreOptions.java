package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link CoherentStore}. Immutable.
 *
 * @param name the name of the cache
 * @param sharing what is sent to other members
 * @param keyType what every key is an instance of
 * @param valueType what every value is an instance of
 * @param byValue whether values are copied in and out
 * @param maximumEntries the bound on the number of entries
 * @param maximumBytes the bound on the bytes of keys and values, if any
 * @param maximumWeight the bound on the sum of the weigher's results, if any
 * @param weigher weighs a key and a value; null without a bound on weight
 * @param maximumKeyBytes the size of an encoded key above which its entry does not stay, unless it
 *     is local
 * @param maximumValueBytes the size above which a value is not sent
 * @param missWhenIsolated whether every read misses while this member receives no other member
 * @param codecs of the cache
 */
public record StoreOptions<K, V>(
    String name,
    Sharing sharing,
    Class<K> keyType,
    Class<V> valueType,
    boolean byValue,
    OptionalLong maximumEntries,
    OptionalLong maximumBytes,
    OptionalLong maximumWeight,
    @Nullable ToLongBiFunction<K, V> weigher,
    long maximumKeyBytes,
    long maximumValueBytes,
    boolean missWhenIsolated,
    Codecs codecs) {

  /** What is sent to other members of a change. */
  public enum Sharing {
    /** Nothing. */
    LOCAL,
    /** The key and the version. */
    INVALIDATE,
    /** The value, for those that hold the key. */
    UPDATE,
    /** The value, for all. */
    REPLICATE;

    String modeName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
