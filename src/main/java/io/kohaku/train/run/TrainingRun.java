package io.kohaku.train.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.files.local.WholeFile;
import io.kohaku.train.RunFolder;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.loop.StepMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One run: a folder with its checkpoints, its logs and {@code run.json}, which says what it is made
 * of.
 *
 * @param folder where it lies
 * @param makeup what it is made of
 */
public record TrainingRun(Path folder, RunMakeup makeup) {
  /** The file that says what a run is made of. */
  static final String MAKEUP = "run.json";

  private static final String WORTHLESS = "worthless.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * That a run came to nothing.
   *
   * @param update at which it ended; it holds no more once the run has gone on from there
   * @param over whether that was the run's last update
   * @param why the reason, in one line
   */
  record Worthless(long update, boolean over, String why) {}

  /** The run of a folder. */
  static TrainingRun read(Path folder) throws IOException {
    return new TrainingRun(
        folder, JSON.readValue(folder.resolve(MAKEUP).toFile(), RunMakeup.class));
  }

  /** Makes the folder, if the run is new, and says in it what the run is made of. */
  public void begin() throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(MAKEUP);
    if (!Files.exists(file)) {
      WholeFile.write(file, path -> JSON.writeValue(path.toFile(), makeup));
    }
  }

  /** The update of the newest checkpoint, if there is one. */
  public OptionalLong update() throws IOException {
    return new CheckpointStore(folder).last();
  }

  /** Notes that the run came to nothing at its newest checkpoint, or before the next. */
  void noteWorthless(boolean over, String why) throws IOException {
    Worthless note = new Worthless(update().orElseThrow(), over, why);
    WholeFile.write(folder.resolve(WORTHLESS), path -> JSON.writeValue(path.toFile(), note));
  }

  /** What was noted of its newest checkpoint. */
  Optional<Worthless> worthless() throws IOException {
    Path file = folder.resolve(WORTHLESS);
    OptionalLong update = update();
    if (update.isEmpty() || !Files.exists(file)) {
      return Optional.empty();
    }
    Worthless note = JSON.readValue(file.toFile(), Worthless.class);
    return note.update() == update.getAsLong() ? Optional.of(note) : Optional.empty();
  }

  /** What was said in the middle of the run. */
  public RunHistory history() {
    return new RunHistory(new RunFolder(folder).logs().resolve("history.jsonl"));
  }

  /** The time that all updates took which the log tells of. */
  public double seconds() throws IOException {
    Path metrics = new RunFolder(folder).logs().resolve(RunLog.METRICS);
    if (!Files.exists(metrics)) {
      return 0;
    }
    double seconds = 0;
    try (BufferedReader lines = Files.newBufferedReader(metrics)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        seconds += seconds(line);
      }
    }
    return seconds;
  }

  /** A line that a killed process left half-written tells nothing. */
  private static double seconds(String line) {
    try {
      return JSON.readTree(line).path(StepMetrics.UPDATE_TIME).asDouble();
    } catch (JsonProcessingException e) {
      return 0;
    }
  }
}
