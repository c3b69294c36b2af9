package io.kohaku.settings.binding;

import java.util.List;

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

  void unknown(String key, String nearest) {
    messages.add("Unknown setting: " + prefix + key + " (did you mean " + prefix + nearest + "?)");
  }

  Problems under(String section) {
    return new Problems(prefix + section + ".", messages);
  }

  public List<String> messages() {
    return List.copyOf(messages);
  }
}
