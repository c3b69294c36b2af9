package io.kohaku.engine;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** What a stage has written and counted, for its manifest. */
public final class StageResult {
  private final SortedMap<String, Written> outputs = new TreeMap<>();
  private final SortedMap<String, Long> rejects = new TreeMap<>();
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private double earlierSeconds;

  /**
   * One output.
   *
   * @param path the file or folder that was written
   * @param rows rows of a table, tensors of a weight file
   * @param known by what it is known to later stages
   */
  record Written(Path path, long rows, Known known) {}

  /** By what an output is known. */
  sealed interface Known {
    /** By its files' bytes. */
    record Bytes() implements Known {}

    /** By its rows, in whatever files and order they lie. */
    record Rows() implements Known {}

    /** By a digest that the stage has computed. */
    record Digest(String value) implements Known {}
  }

  /** Adds an output that is known by its bytes. */
  public StageResult output(String name, Path path, long rows) {
    return add(name, new Written(path, rows, new Known.Bytes()));
  }

  /** Adds a table, which is known by its rows. */
  public StageResult table(String name, Path path, long rows) {
    return add(name, new Written(path, rows, new Known.Rows()));
  }

  /** Adds an output that is known by this digest of what it tells. */
  public StageResult output(String name, Path path, long rows, String content) {
    return add(name, new Written(path, rows, new Known.Digest(content)));
  }

  private StageResult add(String name, Written written) {
    outputs.put(name, written);
    return this;
  }

  /** Adds counts of what was left out, by reason. */
  public StageResult rejects(Map<String, Long> byReason) {
    byReason.forEach((reason, count) -> rejects.merge(reason, count, Long::sum));
    return this;
  }

  /** Adds a number worth keeping. */
  public StageResult count(String name, long value) {
    counts.put(name, value);
    return this;
  }

  /** Adds time that earlier processes spent on what this one brought to its end. */
  public StageResult earlier(double seconds) {
    earlierSeconds += seconds;
    return this;
  }

  double earlierSeconds() {
    return earlierSeconds;
  }

  SortedMap<String, Written> outputs() {
    return outputs;
  }

  SortedMap<String, Long> rejects() {
    return rejects;
  }

  SortedMap<String, Long> counts() {
    return counts;
  }
}
