package io.kohaku.provenance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kohaku.digest.Sha256;
import io.kohaku.settings.binding.Redaction;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One stage's account of itself, kept as {@code manifest.json} beside the data that it names.
 *
 * @param stage the stage's name, for example {@code select}
 * @param version the version of the code that ran
 * @param fingerprint digest of the stage's name, settings and inputs; equal fingerprints promise
 *     equal outputs
 * @param settings the sections that decide the result, with all defaults filled in
 * @param inputs what was read
 * @param outputs what was written, by name
 * @param rejects how many were left out, by reason
 * @param counts other numbers worth keeping, for example {@code read} or {@code selected}
 * @param seconds how long the stage took
 */
public record Manifest(
    String stage,
    String version,
    String fingerprint,
    JsonNode settings,
    SortedMap<String, Input> inputs,
    SortedMap<String, Output> outputs,
    SortedMap<String, Long> rejects,
    SortedMap<String, Long> counts,
    double seconds) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  /** Sorts and copies. */
  public Manifest {
    inputs = new TreeMap<>(inputs);
    outputs = new TreeMap<>(outputs);
    rejects = new TreeMap<>(rejects);
    counts = new TreeMap<>(counts);
  }

  /**
   * Something that was read.
   *
   * @param path where it lay
   * @param digest the digest of its manifest, or of its file listing if it is not ours
   */
  public record Input(String path, String digest) {
    /** Keeps users and passwords out of the path. */
    public Input {
      path = Redaction.of(path);
    }
  }

  /**
   * Something that was written.
   *
   * @param path relative to the manifest's folder
   * @param rows rows of a table, tensors of a weight file
   * @param files number of files
   * @param bytes sum of the files' sizes
   * @param sha256 digest over every file's relative path, size and SHA-256
   */
  public record Output(String path, long rows, long files, long bytes, String sha256) {}

  /** What stands for this manifest in the manifests of later stages: it changes with the data. */
  public String digest() {
    TreeMap<String, String> outputDigests = new TreeMap<>();
    outputs.forEach((name, output) -> outputDigests.put(name, output.sha256()));
    return Sha256.ofAll(List.of(stage, fingerprint, outputDigests.toString()));
  }

  /**
   * The output of this name.
   *
   * @throws IllegalStateException if the stage wrote no such output
   */
  public Output output(String name) {
    Output output = outputs.get(name);
    if (output == null) {
      throw new IllegalStateException(
          "Missing output " + name + ": stage " + stage + " wrote " + outputs.keySet());
    }
    return output;
  }

  /** Digest of everything that decides a stage's result. */
  public static String fingerprint(String stage, JsonNode settings, Map<String, Input> inputs) {
    TreeMap<String, String> digests = new TreeMap<>();
    inputs.forEach((name, input) -> digests.put(name, input.digest()));
    return Sha256.ofAll(List.of(stage, settings.toString(), digests.toString()));
  }

  /** As the text of {@code manifest.json}. */
  String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write manifest of " + stage + ": " + e, e);
    }
  }

  /** From the text of {@code manifest.json}. */
  static Manifest fromJson(String text) throws IOException {
    return JSON.readValue(text, Manifest.class);
  }
}
