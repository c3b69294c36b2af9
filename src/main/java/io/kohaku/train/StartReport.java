package io.kohaku.train;

import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a rank tells the others before training: the step it would go on from, or what went wrong.
 *
 * <p>What went wrong on one rank ends the run on all: another attempt would meet it again.
 *
 * @param step updates done, -1 if it cannot start
 * @param storage whether reading or writing failed, which may be better another time
 * @param problem what went wrong, or nothing
 */
record StartReport(long step, boolean storage, String problem) {
  private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

  /** Opens what a rank needs; returns the step it would go on from. */
  interface Opening {
    long open() throws IOException;
  }

  static StartReport of(Opening opening) {
    try {
      return new StartReport(opening.open(), false, "");
    } catch (IOException | RuntimeException e) {
      LOG.error("Cannot start", e);
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      return new StartReport(-1, e instanceof IOException, message);
    }
  }

  String text() {
    return step + " " + storage + " " + problem;
  }

  private static StartReport parse(String text) {
    String[] words = text.split(" ", 3);
    return new StartReport(Long.parseLong(words[0]), Boolean.parseBoolean(words[1]), words[2]);
  }

  /** How the run ends at once after what all ranks said, if it does. */
  static Optional<TrainOutcome> agree(List<String> said) {
    Set<String> problems = new TreeSet<>();
    Set<Long> steps = new TreeSet<>();
    boolean storage = true;
    for (String text : said) {
      StartReport report = parse(text);
      steps.add(report.step);
      if (!report.problem.isEmpty()) {
        problems.add(report.problem);
        storage &= report.storage;
      }
    }
    if (!problems.isEmpty()) {
      TrainOutcome.End end = storage ? TrainOutcome.End.STORAGE_FAILED : TrainOutcome.End.FAILED;
      return Optional.of(TrainOutcome.unstarted(end, String.join("; ", problems)));
    }
    return steps.size() == 1
        ? Optional.empty()
        : Optional.of(
            TrainOutcome.unstarted(
                TrainOutcome.End.FAILED,
                "Cannot train: the ranks see checkpoints of different steps %s (train.checkpoint.folder must be one folder for all executors)"
                    .formatted(steps)));
  }
}
