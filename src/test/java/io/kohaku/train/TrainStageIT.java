package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage on a local Spark. */
class TrainStageIT {
  private static final Map<String, Integer> BUCKETS = Map.of("64x64", 7, "64x96", 6);

  @TempDir Path folder;

  @Test
  void twoRanksOfOneProcessTrainToTheEnd() throws Exception {
    TrainingSite site = new TrainingSite(folder);
    assertThat(site.prepare(LocalSpark.session(), BUCKETS, 2, 0))
        .isEqualTo(new PreparationStage.Counts(10, 2, 1));
    TrainOutcome outcome =
        TrainStage.run(
            LocalSpark.session(),
            site.inputs("run"),
            site.settings("cluster.ranks=2", "train.epochs=3"),
            IntervalSampler.Factory.NONE);
    assertThat(outcome.end()).isEqualTo(TrainOutcome.End.FINISHED);
    assertThat(outcome.lastLoss()).isFinite().isNotEqualTo(outcome.firstLoss());
    assertThat(site.output("run", TrainInputs.ADAPTER)).exists();
    assertThat(Files.readAllLines(site.output("run", "logs/metrics.jsonl"))).isNotEmpty();
  }
}
