package io.kohaku.sdxl.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One of the JSON files beside the networks of a folder in Diffusers' layout.
 *
 * @param json its object
 */
record PipelineTexts(JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static PipelineTexts of(Path file) {
    try {
      return new PipelineTexts(JSON.readTree(file.toFile()));
    } catch (IOException e) {
      throw new UnusableFileException("Cannot read %s: it must be JSON".formatted(file), e);
    }
  }

  /** The text under {@code key}, if there is one. */
  Optional<String> text(String key) {
    JsonNode value = json.path(key);
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }

  /** Whether {@code key} is true, if it says so or not. */
  Optional<Boolean> flag(String key) {
    JsonNode value = json.path(key);
    return value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
  }
}
