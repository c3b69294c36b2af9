package io.kohaku.train.log;

import io.kohaku.ownership.Closer;
import io.kohaku.train.plan.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run tells: every update as a line of JSON and a TensorBoard event, and now and then a line
 * for people.
 */
public interface RunLog extends Closeable {
  /** Name of the file with the metrics of every update. */
  String METRICS = "metrics.jsonl";

  /** Tells nothing: for all ranks but the first. */
  RunLog SILENT =
      new RunLog() {
        @Override
        public void values(long step, Map<String, Double> values) {
          // The first rank tells.
        }

        @Override
        public void progress(Progress progress, double loss, double imagesPerSecond) {
          // The first rank tells.
        }

        @Override
        public Optional<String> failure() {
          return Optional.empty();
        }

        @Override
        public void close() {
          // Nothing was opened.
        }
      };

  /** Writes named numbers of one step. */
  void values(long step, Map<String, Double> values);

  /** Says where the run stands, if it is time to. */
  void progress(Progress progress, double loss, double imagesPerSecond);

  /** Why something could not be written, if so. */
  Optional<String> failure();

  @Override
  void close();

  /** A log into files of the folder, which continues what is there up to the step. */
  static RunLog into(Path folder, long step, long steps, Duration interval) throws IOException {
    try {
      return new Files(folder, new Pace(steps, step), interval);
    } catch (IOException e) {
      throw new IOException("Cannot write logs to " + folder + ": " + e.getMessage(), e);
    }
  }

  /** A log into files. */
  final class Files implements RunLog {
    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

    private final MetricLines lines;
    private final TensorBoardEvents events;
    private final Path folder;
    private final Pace pace;
    private final Duration interval;
    private final long begin = System.nanoTime();
    private long told;
    private Optional<String> failure = Optional.empty();

    private Files(Path folder, Pace pace, Duration interval) throws IOException {
      this.told = begin - interval.toNanos();
      long next = pace.firstStep() + 1;
      try (Closer opening = new Closer()) {
        this.lines = opening.add(new MetricLines(folder.resolve(METRICS), next));
        this.events = new TensorBoardEvents(folder.resolve("tensorboard"), now(), next);
        opening.release();
      }
      this.folder = folder;
      this.pace = pace;
      this.interval = interval;
    }

    @Override
    public void values(long step, Map<String, Double> values) {
      double seconds = now();
      try {
        lines.write(seconds, step, values);
        events.write(seconds, step, values);
      } catch (IOException e) {
        fail(e);
      }
    }

    private void fail(IOException cause) {
      if (failure.isEmpty()) {
        LOG.error("Cannot write logs to {}: {}", folder, cause.getMessage(), cause);
        failure = Optional.of("Cannot write logs to " + folder + ": " + cause.getMessage());
      }
    }

    @Override
    public Optional<String> failure() {
      return failure;
    }

    @Override
    public void progress(Progress progress, double loss, double imagesPerSecond) {
      long time = System.nanoTime();
      boolean last = progress.step() == pace.steps();
      if (time - told >= interval.toNanos() || last) {
        told = time;
        LOG.info("{}", pace.line(progress, loss, (time - begin) / 1e9, imagesPerSecond));
      }
    }

    private static double now() {
      return System.currentTimeMillis() / 1e3;
    }

    @Override
    public void close() {
      try {
        Closer.close(List.of(lines, events));
      } catch (UncheckedIOException e) {
        fail(e.getCause());
      }
    }
  }
}
