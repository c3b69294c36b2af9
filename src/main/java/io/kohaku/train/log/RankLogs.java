package io.kohaku.train.log;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.TrainSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What one rank tells.
 *
 * @param run of the whole run; silent on all ranks but the first
 * @param inputs what this rank was trained on
 */
public record RankLogs(RunLog run, InputLog inputs) {
  /**
   * Logs into a folder, which continue what is there; {@code opened} closes them.
   *
   * @param step updates done
   * @param steps updates of the whole run
   */
  public static RankLogs open(
      Path folder, Rank rank, TrainSettings.Log settings, long step, long steps, Closer opened)
      throws IOException {
    RunLog run =
        rank.first() ? RunLog.into(folder, step, steps, settings.interval()) : RunLog.SILENT;
    opened.add(run);
    Path inputs = folder.resolve("inputs-" + rank.index() + ".jsonl");
    return new RankLogs(
        run, opened.add(settings.inputs() ? InputLog.into(inputs, step + 1) : InputLog.NONE));
  }
}
