package io.kohaku.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures, one line of JSON each, on the disk at once: a program that is cut off loses none. */
record Results(Path file, String part) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes down and prints one measurement. */
  void put(String name, Map<String, ?> figures) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("impl", "kohaku");
    line.put("part", part);
    line.put("name", name);
    line.putAll(figures);
    try {
      String text = JSON.writeValueAsString(line) + "\n";
      Files.writeString(
          file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      System.out.print(text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Measures; what fails is written down as failed, and the next measurement comes all the same.
   */
  void attempt(String name, Measurement measurement) {
    try {
      put(name, measurement.figures());
    } catch (Exception e) {
      String message = String.valueOf(e.getMessage());
      put(name, Map.of("error", e.getClass().getSimpleName() + ": " + ends(message)));
    }
  }

  /** The first line, and the last, which is where a kernel's message says what was wrong. */
  private static String ends(String message) {
    List<String> lines = message.strip().lines().toList();
    return lines.size() < 2 ? message.strip() : lines.get(0) + " … " + lines.get(lines.size() - 1);
  }

  /** One measurement. */
  interface Measurement {
    /** Its figures by name. */
    Map<String, ?> figures() throws Exception;
  }
}
