package io.kohaku.sdxl.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A CLIP vocabulary with its merges, from {@code vocab.json} and {@code merges.txt}, or from {@code
 * tokenizer.json}.
 *
 * @param vocabulary id of each piece
 * @param merges the pairs, the first learnt first
 */
record TokenizerFiles(Map<String, Integer> vocabulary, List<BytePairEncoding.Pair> merges) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the files of {@code folder}. */
  static TokenizerFiles read(Path folder) {
    if (Files.isRegularFile(folder)) {
      throw new UnusableFileException(
          "Cannot read tokenizer %s: it is a file (name the folder that it lies in)"
              .formatted(folder));
    }
    Path vocabulary = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    Path both = folder.resolve("tokenizer.json");
    try {
      if (Files.isRegularFile(vocabulary) && Files.isRegularFile(merges)) {
        return new TokenizerFiles(vocabulary(vocabulary, json(vocabulary)), lines(merges));
      }
      if (Files.isRegularFile(both)) {
        return joined(both);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read tokenizer %s: %s".formatted(folder, e.getMessage()), e);
    }
    throw new UnusableFileException(
        "Missing tokenizer: vocab.json and merges.txt, or tokenizer.json, in " + folder);
  }

  private static TokenizerFiles joined(Path file) throws IOException {
    JsonNode model = json(file).path("model");
    String suffix = model.path("end_of_word_suffix").asText("");
    if (!model.path("type").asText("BPE").equals("BPE")
        || !suffix.equals(BytePairEncoding.WORD_END)) {
      throw new UnusableFileException(
          "Cannot read tokenizer %s: not CLIP's (needs a BPE model with end_of_word_suffix %s)"
              .formatted(file, BytePairEncoding.WORD_END));
    }
    List<BytePairEncoding.Pair> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      merges.add(
          merge.isArray()
              ? new BytePairEncoding.Pair(merge.path(0).asText(), merge.path(1).asText())
              : pair(file, merge.asText()));
    }
    return new TokenizerFiles(vocabulary(file, model.path("vocab")), merges);
  }

  private static JsonNode json(Path file) throws IOException {
    requireNothingElse(file, Set.of(Appearance.JSON, Appearance.UNKNOWN));
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new UnusableFileException(
          "Cannot read tokenizer %s: not JSON (%s)".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** A pointer or an error page in place of a file is read as lines all too easily. */
  private static void requireNothingElse(Path file, Set<Appearance> expected) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Appearance seen = Appearance.of(in);
      if (!expected.contains(seen)) {
        throw UnusableFileException.of(file, "a tokenizer", seen);
      }
    }
  }

  private static Map<String, Integer> vocabulary(Path file, JsonNode node) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            entry -> {
              if (!entry.getValue().canConvertToInt() || entry.getValue().asInt() < 0) {
                throw new UnusableFileException(
                    "Invalid token id in %s: %s of %s (must be a whole number)"
                        .formatted(file, entry.getValue(), entry.getKey()));
              }
              vocabulary.put(entry.getKey(), entry.getValue().asInt());
            });
    return vocabulary;
  }

  private static List<BytePairEncoding.Pair> lines(Path file) throws IOException {
    requireNothingElse(file, Set.of(Appearance.TEXT, Appearance.CSV, Appearance.UNKNOWN));
    List<BytePairEncoding.Pair> merges = new ArrayList<>();
    for (String line : text(file)) {
      if (!line.isBlank() && !line.startsWith("#version")) {
        merges.add(pair(file, line));
      }
    }
    return merges;
  }

  private static List<String> text(Path file) throws IOException {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new UnusableFileException(
          "Cannot read tokenizer %s: it must be UTF-8".formatted(file), e);
    }
  }

  private static BytePairEncoding.Pair pair(Path file, String line) {
    int space = line.indexOf(' ');
    if (space < 1 || space != line.lastIndexOf(' ') || space == line.length() - 1) {
      throw new UnusableFileException(
          "Invalid merge in %s: '%s' (two pieces with a space between them)".formatted(file, line));
    }
    return new BytePairEncoding.Pair(line.substring(0, space), line.substring(space + 1));
  }
}
