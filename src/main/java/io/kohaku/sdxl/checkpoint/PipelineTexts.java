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
      JsonNode json = JSON.readTree(file.toFile());
      if (!json.isObject()) {
        throw new UnusableFileException("Cannot read %s: it must be a JSON object".formatted(file));
      }
      return new PipelineTexts(json);
    } catch (IOException e) {
      throw new UnusableFileException("Cannot read %s: it must be JSON".formatted(file), e);
    }
  }

  /** The text under {@code key}, if there is one. */
  Optional<String> text(String key) {
    JsonNode value = json.path(key);
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }

  /** What stands under {@code key}, a text or anything else as JSON, if it is there. */
  Optional<String> shown(String key) {
    JsonNode value = json.path(key);
    return value.isMissingNode()
        ? Optional.empty()
        : Optional.of(value.isTextual() ? value.asText() : value.toString());
  }

  /** Whether {@code key} is true, if it says so or not. */
  Optional<Boolean> flag(String key) {
    JsonNode value = json.path(key);
    return value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
  }
}
