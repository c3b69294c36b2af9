package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.LocalSpark;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.Natives;
import io.kohaku.train.loop.LeftOut;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on the tiny SDXL in the fast ways of an update; one latent is no number. */
class LearningIT {
  private static final String PLAIN = "plain";
  private static final String READ_ONCE = "train.speed.read-loss=update";
  private static final String MERGED_ONCE = "train.speed.merge=update";

  @TempDir static Path folder;
  private static TrainingSite site;
  private static TrainOutcome plain;

  @BeforeAll
  static void trainPlainly() throws Exception {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 2);
    plain = Ranks.run(1, site.inputs(PLAIN), settings());
    assertThat(plain.progress().scheduled()).as("updates applied").isEqualTo(4);
    assertThat(plain.progress().skippedMicroBatches()).isEqualTo(2);
  }

  @Test
  void lossesReadOnceAnUpdateChangeNoBit() throws Exception {
    TrainOutcome outcome;
    try (CapturedLog log = new CapturedLog(LeftOut.class)) {
      outcome = Ranks.run(1, site.inputs("read-once"), settings(READ_ONCE));
      assertThat(log.messages()).hasSize(2).allMatch(text -> text.contains("its loss is NaN"));
    }
    assertThat(outcome.progress()).isEqualTo(plain.progress());
    assertSameBits("read-once", PLAIN);
  }

  @Test
  void norDoTheyWithDropoutAndALossScale() throws Exception {
    String[] others = {
      "lokr.rank-dropout=0.2", "lokr.module-dropout=0.2", "train.compute=fp16", "train.epochs=1"
    };
    Ranks.run(1, site.inputs("masked"), settings(others));
    Ranks.run(1, site.inputs("masked-read-once"), settings(with(READ_ONCE, others)));
    assertSameBits("masked-read-once", "masked");
    assertThat(SavedTensors.distance(adapter("masked"), adapter(PLAIN))).isPositive();
  }

  private static void assertSameBits(String run, String expected) throws IOException {
    assertThat(SavedTensors.distance(adapter(run), adapter(expected))).isZero();
    for (String file : List.of("metrics.jsonl", "inputs-0.jsonl")) {
      assertThat(lines(run, file)).isNotEmpty().isEqualTo(lines(expected, file));
    }
  }

  @Test
  void weightsMergedOnceAnUpdateTrainTheSameAdapter() throws Exception {
    Settings settings = settings(MERGED_ONCE, READ_ONCE);
    TrainOutcome merged = Ranks.run(1, site.inputs("merged"), settings);
    assertThat(merged.progress().skippedMicroBatches()).isEqualTo(2);
    assertThat(merged.firstLoss()).isEqualTo(plain.firstLoss());
    assertThat(merged.lastLoss()).isCloseTo(plain.lastLoss(), withinPercentage(1e-3));
    assertThat(SavedTensors.distance(adapter("merged"), adapter(PLAIN))).isLessThan(1e-6);

    AtomicInteger asked = new AtomicInteger();
    TrainOutcome stopped =
        Ranks.run(1, site.inputs("again"), settings, () -> asked.incrementAndGet() == 1).get(0);
    assertThat(stopped.end()).isEqualTo(new RunEnd.Stopped());
    Ranks.run(1, site.inputs("again"), settings);
    assertThat(SavedTensors.distance(adapter("again"), adapter("merged"))).isZero();
  }

  @Test
  void onlyLayersThatAreMergedAreMergedOnceAnUpdate() throws Exception {
    for (String run : List.of("mixed", "mixed-once")) {
      Files.createDirectories(site.checkpoints(run));
      Files.writeString(site.checkpoints(run).resolve("layer-modes.txt"), mixed());
    }
    String auto = "lokr.mode=auto";
    Ranks.run(1, site.inputs("mixed"), settings(auto));
    Ranks.run(1, site.inputs("mixed-once"), settings(auto, MERGED_ONCE));
    assertThat(SavedTensors.distance(adapter("mixed-once"), adapter("mixed"))).isLessThan(1e-6);
  }

  /** Micro-batches that were made ahead of need are closed too. */
  @Test
  void aRunThatEndsEarlyLeavesNoTensorBehind() throws Exception {
    Settings settings = settings(MERGED_ONCE, READ_ONCE);
    int before = tensors();
    Ranks.run(1, site.inputs("early"), settings, () -> true);
    assertThat(site.output("early", TrainInputs.ADAPTER)).doesNotExist();
    assertThat(tensors()).isEqualTo(before);
  }

  private static int tensors() {
    try (NDManager manager = Natives.manager(Device.cpu())) {
      return manager.getParentManager().getManagedArrays().size();
    }
  }

  private static String mixed() throws IOException {
    long layers =
        Files.readString(adapter(PLAIN), StandardCharsets.ISO_8859_1).split("\\.alpha\"", -1).length
            - 1;
    return "mb".repeat((int) layers).substring(0, (int) layers);
  }

  private static Settings settings(String... more) {
    String[] recipe = {
      "train.log.inputs=true", "train.epochs=2", "train.schedule.warmup=0", "lokr.train-norm=true"
    };
    return site.settings(Stream.of(recipe, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private static String[] with(String one, String... more) {
    return Stream.concat(Stream.of(one), Stream.of(more)).toArray(String[]::new);
  }

  private static Path adapter(String run) {
    return site.output(run, TrainInputs.ADAPTER);
  }

  /** Lines of a log without what a clock measured. */
  private static List<String> lines(String run, String file) throws IOException {
    try (Stream<String> lines = Files.lines(site.output(run, "logs/" + file))) {
      return lines
          .map(
              line ->
                  line.replaceAll(
                      "\"(time[^\"]*|memory[^\"]*|train/images_per_second)\":[^,}]*,?", ""))
          .toList();
    }
  }
}
