package io.kohaku.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run tells: every update as a line of JSON and a TensorBoard event, and now and then a line
 * for people.
 */
public interface RunLog extends Closeable {
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
        public void close() {
          // Nothing was opened.
        }
      };

  /** Writes named numbers of one step. */
  void values(long step, Map<String, Double> values) throws IOException;

  /** Says where the run stands, if it is time to. */
  void progress(Progress progress, double loss, double imagesPerSecond);

  /** A log into files of the folder, which continues what is there up to the step. */
  static RunLog into(Path folder, long step, long steps, Duration interval) throws IOException {
    return new Files(folder, step, steps, interval);
  }

  /** A log into files. */
  final class Files implements RunLog {
    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

    private final MetricLines lines;
    private final TensorBoardEvents events;
    private final Pace pace;
    private final Duration interval;
    private final long begin = System.nanoTime();
    private long told;

    private Files(Path folder, long step, long steps, Duration interval) throws IOException {
      this.lines = new MetricLines(folder.resolve("metrics.jsonl"), step + 1);
      this.events = new TensorBoardEvents(folder.resolve("tensorboard"), now(), step + 1);
      this.pace = new Pace(steps, step);
      this.interval = interval;
      this.told = begin - interval.toNanos();
    }

    @Override
    public void values(long step, Map<String, Double> values) throws IOException {
      double seconds = now();
      lines.write(seconds, step, values);
      events.write(seconds, step, values);
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
    public void close() throws IOException {
      lines.close();
      events.close();
    }
  }
}
