package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Gauge;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.LocalSpark;
import io.kohaku.files.BucketFileSystem;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.train.data.PreparationStage;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.LeftOut;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage on a local Spark. */
class TrainStageIT {
  private static final Map<String, Integer> BUCKETS = Map.of("64x64", 7, "64x96", 6);
  private static final List<String> SEEN = new ArrayList<>();

  @TempDir Path folder;

  /** All in a bucket but the checkpoints; the preset is read by the driver and then not there. */
  private static TrainInputs remote(TrainingSite site, String bucket, Path preset)
      throws IOException {
    TrainInputs local = site.inputs("run", PresetFile.load(preset.toString()));
    Files.delete(preset);
    return new TrainInputs(
        bucket + "/prepared",
        bucket + "/store",
        local.dataDigest(),
        local.checkpoints(),
        bucket + "/run/output",
        local.preset());
  }

  @Test
  void twoRanksOfOneProcessLearn() throws Exception {
    TrainingSite site = new TrainingSite(folder);
    assertThat(site.prepare(LocalSpark.session(), BUCKETS, 2, 0))
        .isEqualTo(new PreparationStage.Counts(10, 2, 1));
    String bucket = BucketFileSystem.over(folder);
    TrainInputs inputs =
        remote(site, bucket, Files.writeString(folder.resolve("full.toml"), "enable_conv = true"));
    TrainOutcome outcome =
        TrainStage.run(
            LocalSpark.session(),
            inputs,
            site.settings(
                "model.checkpoint=\"" + bucket + "/base.safetensors\"",
                "model.tokenizer=\"" + bucket + "/tokenizer\"",
                "lokr.preset=" + folder.resolve("full.toml"),
                "cluster.ranks=2",
                "cluster.wire=fp16",
                "train.optimizer.unet-rate=4e-3",
                "train.epochs=3",
                "train.validation.every=4",
                "train.sample-every=3"),
            (settings, pictures, networks) -> new Onlooker(pictures));
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    assertThat(outcome.lastLoss())
        .as("loss on held-out images, noise and timesteps")
        .isLessThan(0.92 * outcome.firstLoss());
    assertThat(site.output("run", TrainInputs.ADAPTER)).exists();
    assertThat(SEEN).containsExactly("update 3", "update 6");
    assertThat(site.output("run", "pictures/6.txt")).hasContent("a picture");
    assertLogged(site.output("run", "logs/metrics.jsonl"), outcome);
  }

  @Test
  void aLatentThatIsNoNumberIsLeftOutNamedAndCounted() throws Exception {
    TrainingSite broken = new TrainingSite(folder);
    broken.prepare(LocalSpark.session(), Map.of("64x64", 6), 0, 2);
    TrainOutcome outcome;
    try (CapturedLog log = new CapturedLog(LeftOut.class)) {
      outcome = Ranks.run(2, broken.inputs("run"), broken.settings("train.schedule.warmup=0"));
      assertThat(log.messages())
          .singleElement(InstanceOfAssertFactories.STRING)
          .matches(
              "Left out a micro-batch of update 1: its loss is NaN, posts \\[(2|\\d, 2|2, \\d)]");
    }
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    assertThat(outcome.progress().skippedMicroBatches()).isEqualTo(1);
    assertThat(outcome.progress().images()).isBetween(3L, 4L);
    Path adapter = broken.output("run", TrainInputs.ADAPTER);
    assertThat(SavedTensors.distance(adapter, adapter)).as("no value is NaN").isZero();
    assertGuarded(broken);
  }

  private static void assertGuarded(TrainingSite site) throws Exception {
    String[] guard = {
      "train.epochs=2", "train.guard.max-gradient-norm=1e-9", "train.guard.max-skipped=2"
    };
    try (CapturedLog log = new CapturedLog(LeftOut.class)) {
      TrainOutcome outcome = Ranks.run(1, site.inputs("guarded"), site.settings(guard));
      assertThat(outcome.end())
          .isEqualTo(
              new RunEnd.Worthless(
                  "Cannot train on: 2 updates in a row were left out, up to update 2 (the log names their posts; see train.guard)"));
      assertThat(log.messages().stream().filter(text -> text.startsWith("Left out update ")))
          .hasSize(2)
          .first(InstanceOfAssertFactories.STRING)
          .matches(
              "Left out update 1: gradient norm 0\\.\\d+, loss scale 1\\.0, posts of this rank \\[\\d(, \\d)*]");
    }
  }

  private static void assertLogged(Path file, TrainOutcome outcome) throws IOException {
    List<Double> measured = new ArrayList<>();
    List<Long> updates = new ArrayList<>();
    for (String text : Files.readAllLines(file)) {
      JsonNode line = new ObjectMapper().readTree(text);
      if (line.has("validation/loss")) {
        measured.add(line.get("validation/loss").asDouble());
        double quarters = 0;
        for (int quarter = 1; quarter <= 4; quarter++) {
          quarters += line.get("validation/loss_quarter_" + quarter).asDouble() / 4;
        }
        assertThat(quarters).isCloseTo(measured.get(measured.size() - 1), within(1e-6));
      } else {
        updates.add(line.get("step").asLong());
      }
    }
    assertThat(updates).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(measured).hasSize(3).startsWith(outcome.firstLoss()).endsWith(outcome.lastLoss());
  }

  /** Looks, between updates, at what Spark's sinks would be told. */
  private record Onlooker(Path pictures) implements IntervalSampler {
    @Override
    public void sample(long update) throws IOException {
      SEEN.add("update " + update);
      Files.createDirectories(pictures);
      Files.writeString(pictures.resolve(update + ".txt"), "a picture");
      for (int rank = 0; rank < 2; rank++) {
        Source source =
            SparkEnv.get().metricsSystem().getSourcesByName("kohaku.rank-" + rank).head();
        Map<String, ?> gauges = source.metricRegistry().getGauges();
        assertThat(value(gauges.get("train.loss"))).isBetween(0.5, 2.0);
        assertThat(value(gauges.get("memory.peak_megabytes"))).isPositive();
        assertThat(gauges.keySet())
            .map(Object::toString)
            .contains(
                "train.gradient_norm",
                "train.images_per_second",
                "train.skipped_micro_batches",
                "time.reducing");
      }
    }

    private static double value(Object gauge) {
      return (Double) ((Gauge<?>) gauge).getValue();
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }
}
