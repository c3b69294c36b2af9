package io.kohaku.provenance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kohaku.digest.Sha256;
import io.kohaku.settings.binding.Redaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One stage's account of itself, kept as {@code manifest.json} beside the data that it names.
 *
 * @param stage the stage's name, for example {@code select}
 * @param version the version of the code that ran
 * @param revision counts up when the stage gives other results for the same settings and inputs; 0
 *     in manifests that were written before there were revisions
 * @param fingerprint digest of the stage's name, revision, settings and inputs; equal fingerprints
 *     promise equal outputs
 * @param settings the settings that decide the result, by key, with all defaults filled in
 * @param inputs what was read
 * @param outputs what was written, by name
 * @param rejects how many were left out, by reason
 * @param counts other numbers worth keeping, for example {@code read} or {@code selected}
 * @param seconds how long the stage took, all processes together that worked on this result
 */
public record Manifest(
    String stage,
    String version,
    int revision,
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
   * @param digest of its content, or of its files' sizes and times if it is too large to read
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
   * @param content digest of what is told, however it lies in files: of a table's rows, else equal
   *     to {@code sha256}; none in manifests of revision 0
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Output(
      String path, long rows, long files, long bytes, String sha256, String content) {
    /** The same, known by this content. */
    public Output with(String otherContent) {
      return new Output(path, rows, files, bytes, sha256, otherContent);
    }
  }

  /** The settings that decided the result, by key; by section in manifests of revision 0. */
  public SortedMap<String, JsonNode> settingsByKey() {
    SortedMap<String, JsonNode> values = new TreeMap<>();
    settings.fields().forEachRemaining(field -> values.put(field.getKey(), field.getValue()));
    return values;
  }

  /** The same as JSON. */
  public SortedMap<String, String> settingsAsJson() {
    SortedMap<String, String> texts = new TreeMap<>();
    settingsByKey().forEach((key, value) -> texts.put(key, value.toString()));
    return texts;
  }

  /** Whether it was written before there were any. */
  public boolean hasNoRevision() {
    return revision == 0;
  }

  /**
   * What stands for outputs of this stage in the manifests of later ones: it changes with what they
   * tell and with nothing else.
   */
  public String digest(String... names) {
    List<String> digests = new ArrayList<>();
    for (String name : names) {
      digests.add(name);
      Output output = output(name);
      digests.add(output.content() == null ? output.sha256() : output.content());
    }
    return Sha256.ofAll(digests);
  }

  /** What stands for this stage in manifests of revision 0. */
  public String formerDigest() {
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
  public static String fingerprint(
      String stage, int revision, Map<String, JsonNode> settings, Map<String, Input> inputs) {
    TreeMap<String, String> digests = new TreeMap<>();
    inputs.forEach((name, input) -> digests.put(name, input.digest()));
    return Sha256.ofAll(
        List.of(
            stage,
            Integer.toString(revision),
            new TreeMap<>(settings).toString(),
            digests.toString()));
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
