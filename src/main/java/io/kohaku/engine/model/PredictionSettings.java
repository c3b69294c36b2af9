package io.kohaku.engine.model;

import io.kohaku.files.LocalCopy;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the networks predict, settled once for a whole application: what a checkpoint says of itself
 * takes the place of the defaults; settings that a recipe or the command line gives must not
 * contradict it.
 */
public final class PredictionSettings {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionSettings.class);
  private static final String PREDICTION = ".prediction";
  private static final String ZERO_TERMINAL = ".zero-terminal-snr";

  private final SettingsSource source;
  private final Map<String, String> changed = new LinkedHashMap<>();

  private PredictionSettings(SettingsSource source) {
    this.source = source;
  }

  /**
   * The settings as the checkpoints that they name complete them. What lies on another file system
   * is looked at where it is loaded.
   *
   * @throws SettingsException if a setting contradicts a checkpoint
   */
  public static SettingsSource settled(SettingsSource source, Configuration hadoop) {
    PredictionSettings settling = new PredictionSettings(source);
    Settings settings = source.settings();
    String checkpoint = settings.model().checkpoint();
    settling.settle(
        "train.objective",
        checkpoint,
        settings.train().objective().prediction(),
        settings.train().objective().zeroTerminalSnr(),
        hadoop);
    String base = settings.bake().base().orElse(checkpoint);
    settling.settle(
        "sample",
        settings.sample().checkpoint().orElse(base),
        settings.sample().prediction(),
        settings.sample().zeroTerminalSnr(),
        hadoop);
    return settling.changed.isEmpty() ? source : source.with(settling.changed);
  }

  private void settle(
      String section, String file, Prediction set, boolean zeroTerminal, Configuration hadoop) {
    PredictionMarks marks = marks(file, hadoop).orElse(null);
    if (marks == null || marks.prediction().isEmpty()) {
      return;
    }
    if (marks.isVelocity() && set != Prediction.VELOCITY) {
      put(section + PREDICTION, "velocity", "epsilon", file, marks);
    } else if (!marks.isVelocity() && set == Prediction.VELOCITY) {
      LOG.warn("{}{} is velocity, though {} says {}", section, PREDICTION, file, marks.source());
    }
    if (marks.zeroTerminal() && !zeroTerminal) {
      put(section + ZERO_TERMINAL, "true", "false", file, marks);
    }
  }

  private void put(String key, String told, String set, String file, PredictionMarks marks) {
    if (source.gives(key)) {
      throw new SettingsException(
          "Invalid %s: %s (%s says %s by %s; leave the setting out or set it so)"
              .formatted(key, set, file, told, marks.source()));
    }
    LOG.info("{} = {}, as {} says by {}", key, told, file, marks.source());
    changed.put(key, told);
  }

  /** What a file on this machine says; one that cannot be read is told of by whoever needs it. */
  private static Optional<PredictionMarks> marks(String file, Configuration hadoop) {
    try {
      if (!LocalCopy.isHere(file, hadoop)) {
        return Optional.empty();
      }
      Path local = LocalCopy.of(file, hadoop);
      return Files.exists(local) ? Optional.of(PredictionMarks.of(local)) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("Cannot look at {}", file, e);
      return Optional.empty();
    }
  }
}
