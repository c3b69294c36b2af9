package io.kohaku.settings.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A part of the settings, by sections or single keys.
 *
 * @param in what is in it
 * @param out what of that is not
 */
public record Keys(List<String> in, List<String> out) {
  /** No setting at all. */
  public static final Keys NONE = of();

  /** Sections and single settings. */
  public static Keys of(String... in) {
    return new Keys(List.of(in), List.of());
  }

  /** The same and these sections and single settings. */
  public Keys and(String... keys) {
    return new Keys(joined(in, keys), out);
  }

  /** The same without these sections and single settings. */
  public Keys except(String... keys) {
    return new Keys(in, joined(out, keys));
  }

  private static List<String> joined(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  /** Whether this setting is in it. */
  public boolean holds(String key) {
    return in.stream().anyMatch(section -> isIn(section, key))
        && out.stream().noneMatch(section -> isIn(section, key));
  }

  /** Those of the values that are in it. */
  public SortedMap<String, JsonNode> of(SortedMap<String, JsonNode> values) {
    SortedMap<String, JsonNode> held = new TreeMap<>(values);
    held.keySet().removeIf(key -> !holds(key));
    return held;
  }

  private static boolean isIn(String section, String key) {
    return key.equals(section) || key.startsWith(section + ".") || key.startsWith(section + "[]");
  }
}
