package io.kohaku.settings.binding;

import java.util.Map;
import java.util.Optional;

/** Settings, and values of settings, that have another name today. */
final class RetiredKeys {
  private static final Map<String, String> KEYS =
      Map.of(
          "lokr.lengths", "lokr.weight-decompose",
          "lokr.save-precision", "export.save-precision",
          "lokr.model-spec", "export.model-spec");

  /** By {@code key=value}. */
  private static final Map<String, String> VALUES = Map.of("lokr.mode=factorised", "bypass");

  private RetiredKeys() {}

  /** The key that took the place of this one. */
  static Optional<String> key(String key) {
    return Optional.ofNullable(KEYS.get(key));
  }

  /** The value that took the place of this one. */
  static Optional<String> value(String key, Object value) {
    return Optional.ofNullable(VALUES.get(key + "=" + value));
  }
}
