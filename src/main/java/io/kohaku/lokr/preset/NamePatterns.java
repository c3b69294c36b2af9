package io.kohaku.lokr.preset;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Names of modules as presets write them: exact, or patterns tried in their order. A pattern is a
 * regular expression that must match the start of a name, or a shell wildcard that must match all
 * of it.
 */
final class NamePatterns {
  private final Map<String, Pattern> patterns = new LinkedHashMap<>();

  NamePatterns(Iterable<String> names, Preset preset) {
    for (String name : names) {
      patterns.put(name, compile(name, preset.wildcards()));
    }
  }

  boolean matches(String name) {
    return first(name).isPresent();
  }

  /** The entry that stands for {@code name}: the equal one, else the first pattern that matches. */
  Optional<String> first(String name) {
    if (patterns.containsKey(name)) {
      return Optional.of(name);
    }
    return patterns.entrySet().stream()
        .filter(entry -> entry.getValue().matcher(name).lookingAt())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Pattern compile(String name, boolean wildcard) {
    try {
      return Pattern.compile(wildcard ? regex(name) : name);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "Invalid name pattern: %s (%s)".formatted(name, e.getDescription()), e);
    }
  }

  /** {@code *}, {@code ?}, {@code [abc]} and {@code [!abc]} as a regular expression. */
  private static String regex(String wildcard) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < wildcard.length()) {
      char c = wildcard.charAt(i);
      int end = c == '[' ? wildcard.indexOf(']', i + 2) : -1;
      if (end > 0) {
        String set = wildcard.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = end;
      } else {
        regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
      i++;
    }
    return regex.append("\\z").toString();
  }
}
