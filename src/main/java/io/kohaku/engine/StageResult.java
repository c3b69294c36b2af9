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

  /**
   * One output.
   *
   * @param path the file or folder that was written
   * @param rows rows of a table, tensors of a weight file
   */
  record Written(Path path, long rows) {}

  /** Adds an output. */
  public StageResult output(String name, Path path, long rows) {
    outputs.put(name, new Written(path, rows));
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
