package io.kohaku.train.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.files.local.WholeFile;
import io.kohaku.provenance.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * With which settings a run was trained from which update on: one JSON object a line, the first
 * with all settings, each other with those that changed.
 *
 * @param file where it is kept
 */
public record RunHistory(Path file) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A line.
   *
   * @param update updates done before it held
   * @param time when the run was started so
   * @param version of the program
   * @param settings by key
   */
  record Entry(long update, String time, String version, SortedMap<String, JsonNode> settings) {}

  /** The settings that held last; none if the run never began. */
  public SortedMap<String, JsonNode> settings() throws IOException {
    SortedMap<String, JsonNode> settings = new TreeMap<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        settings.putAll(JSON.readValue(line, new TypeReference<Entry>() {}).settings());
      }
    }
    return settings;
  }

  /** Writes down what of the settings is new, if anything is. */
  public void note(long update, SortedMap<String, JsonNode> settings) throws IOException {
    SortedMap<String, JsonNode> changed = new TreeMap<>(settings);
    changed.entrySet().removeAll(settings().entrySet());
    if (changed.isEmpty()) {
      return;
    }
    Entry entry = new Entry(update, Instant.now().toString(), Version.value(), changed);
    String before = Files.exists(file) ? Files.readString(file) : "";
    Files.createDirectories(file.getParent());
    String after = before + JSON.writeValueAsString(entry) + "\n";
    WholeFile.write(file, path -> Files.writeString(path, after));
  }
}
