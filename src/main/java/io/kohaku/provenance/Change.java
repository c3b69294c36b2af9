package io.kohaku.provenance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A difference between what a stage was made of and what it would be made of now.
 *
 * @param cause what kind of thing differs
 * @param name the setting's key or the input's name
 * @param from as it was
 * @param to as it is
 */
public record Change(Cause cause, String name, String from, String to) {
  /** Stands for what is not there. */
  private static final String NOTHING = "none";

  /** What may differ. */
  public enum Cause {
    SETTING,
    INPUT,
    /** The program gives other results. */
    REVISION
  }

  /** What differs between two sets of settings that decide a result, in order of their keys. */
  public static List<Change> ofSettings(Map<String, JsonNode> before, Map<String, JsonNode> now) {
    Map<String, String> then = texts(before);
    Map<String, String> today = texts(now);
    return between(Cause.SETTING, then, today, then, today);
  }

  /** What differs between two sets of inputs. */
  public static List<Change> ofInputs(
      Map<String, Manifest.Input> before, Map<String, Manifest.Input> now) {
    return between(Cause.INPUT, digests(before), digests(now), paths(before), paths(now));
  }

  private static List<Change> between(
      Cause cause,
      Map<String, String> before,
      Map<String, String> now,
      Map<String, String> shownBefore,
      Map<String, String> shownNow) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    List<Change> changes = new ArrayList<>();
    for (String name : names) {
      if (!before.getOrDefault(name, "").equals(now.getOrDefault(name, ""))) {
        changes.add(
            new Change(
                cause,
                name,
                shownBefore.getOrDefault(name, NOTHING),
                shownNow.getOrDefault(name, NOTHING)));
      }
    }
    return changes;
  }

  private static Map<String, String> texts(Map<String, JsonNode> settings) {
    Map<String, String> texts = new TreeMap<>();
    settings.forEach(
        (key, value) -> texts.put(key, value.isTextual() ? value.asText() : value.toString()));
    return texts;
  }

  private static Map<String, String> digests(Map<String, Manifest.Input> inputs) {
    Map<String, String> digests = new TreeMap<>();
    inputs.forEach((name, input) -> digests.put(name, input.digest()));
    return digests;
  }

  private static Map<String, String> paths(Map<String, Manifest.Input> inputs) {
    Map<String, String> paths = new TreeMap<>();
    inputs.forEach((name, input) -> paths.put(name, input.path()));
    return paths;
  }

  /** For people: {@code latents.precision: fp32 → bf16}. */
  public String text() {
    return switch (cause) {
      case SETTING -> "%s: %s → %s".formatted(name, from, to);
      case REVISION -> "revision: %s → %s (%s)".formatted(from, to, name);
      case INPUT ->
          from.equals(to)
              ? "input %s: other content in %s".formatted(name, to)
              : "input %s: %s → %s".formatted(name, from, to);
    };
  }
}
