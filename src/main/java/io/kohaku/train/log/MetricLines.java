package io.kohaku.train.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.files.local.WholeFile;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** The metrics of every step as JSON, one object a line. */
final class MetricLines implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Writer out;

  /** Appends to the file, after taking out what it says about this step and later ones. */
  MetricLines(Path file, long firstStep) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    cut(file, firstStep);
    out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void write(double seconds, long step, Map<String, Double> values) throws IOException {
    ObjectNode line = JSON.createObjectNode().put("step", step).put("time", seconds);
    values.forEach(line::put);
    out.write(JSON.writeValueAsString(line));
    out.write('\n');
    out.flush();
  }

  /** Takes out of a file with a step in each line what it says of this step and later ones. */
  static void cut(Path file, long firstStep) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    Path shorter = file.resolveSibling(file.getFileName() + ".cut");
    WholeFile.write(file, shorter, path -> copyBefore(firstStep, file, path));
  }

  private static void copyBefore(long firstStep, Path file, Path shorter) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file);
        BufferedWriter kept = Files.newBufferedWriter(shorter)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (isBefore(line, firstStep)) {
          kept.write(line);
          kept.write('\n');
        }
      }
    }
  }

  /** A line that a killed process left half-written belongs to no step. */
  private static boolean isBefore(String line, long firstStep) {
    try {
      JsonNode step = JSON.readTree(line).path("step");
      return step.isNumber() && step.asLong() < firstStep;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
