package io.kohaku.settings.binding;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Gathers what is wrong with the settings, so that all of it is told at once. */
public final class Problems {
  private final String prefix;
  private final List<String> messages;

  public Problems(String prefix, List<String> messages) {
    this.prefix = prefix;
    this.messages = messages;
  }

  /** Adds {@code Invalid <key>: <value> (<rule>)}; the key is relative to the record at hand. */
  public void add(String key, Object value, String rule) {
    messages.add("Invalid " + prefix + key + ": " + value + " (" + rule + ")");
  }

  void missing(String key) {
    messages.add("Missing setting: " + prefix + key + " (reference.conf names every setting)");
  }

  /** Adds that there is no such key, and which one the user most likely wants. */
  void unknown(String key, Collection<String> known) {
    Optional<String> successor = RetiredKeys.key(prefix + key);
    messages.add(
        successor.isPresent()
            ? "Retired setting: %s%s (now %s)".formatted(prefix, key, successor.get())
            : "Unknown setting: %s%s (did you mean %s%s?)"
                .formatted(prefix, key, prefix, NearestKey.of(key, known)));
  }

  /** Adds that a value is none of an enumeration's, and what it is called now if it once was. */
  void unknownValue(String key, Object value, String shown, String names) {
    Optional<String> successor = RetiredKeys.value(prefix + key, value);
    add(key, shown, successor.map(name -> "now " + name).orElse("one of " + names));
  }

  Problems under(String section) {
    return new Problems(prefix + section + ".", messages);
  }

  public List<String> messages() {
    return List.copyOf(messages);
  }
}
