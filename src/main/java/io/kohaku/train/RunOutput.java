package io.kohaku.train;

import io.kohaku.files.LocalOutput;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.Worth;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a finished run puts out: the adapter, the averaged one, logs and pictures. */
record RunOutput(TrainInputs inputs, Configuration hadoop) {
  private static final Logger LOG = LoggerFactory.getLogger(RunOutput.class);

  /** Writes it all; how the run ended then. */
  TrainOutcome write(RankResources resources, TrainOutcome outcome) {
    if (resources.networks().adapter().changesNothing()) {
      return Worth.learnedNothing(outcome);
    }
    try {
      return LocalOutput.write(
          inputs.output(),
          hadoop,
          local -> {
            new AdapterOutput(resources.plan(), local)
                .write(
                    resources.networks().adapter(), resources.rule().average(), outcome.progress());
            new RunFolder(Path.of(inputs.checkpoints())).publish(local);
            return outcome;
          });
    } catch (IOException e) {
      LOG.error("Cannot write the adapter to {}", inputs.output(), e);
      return outcome.unsaved(
          "Cannot write the adapter to %s: %s".formatted(inputs.output(), e.getMessage()));
    }
  }
}
