package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.kohaku.LocalSpark;
import io.kohaku.sample.picture.TrainingPictures;
import io.kohaku.settings.Settings;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.TrainingMeter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs on the tiny SDXL, ranks as threads. */
class RankRunIT {
  private static final String ALONE = "alone";
  private static final String[] RECIPE = {
    "train.epochs=2", "train.ema.decay=0.9", "train.log.inputs=true", "train.checkpoint.keep=9"
  };

  @TempDir static Path folder;
  private static TrainingSite site;
  private static TrainOutcome alone;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    Map<String, Integer> buckets = Map.of("64x64", 7, "64x96", 6);
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), buckets, 0, 0);
    alone = Ranks.run(1, site.inputs(ALONE), site.settings(RECIPE));
    assertThat(alone.end()).isEqualTo(new RunEnd.Finished());
    assertThat(alone.progress().step()).isEqualTo(4);
    assertThat(alone.progress().images()).isEqualTo(24);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void severalRanksFromTheStartOrLaterSeeTheSameInputsAndEndWithTheSameWeights(int ranks)
      throws Exception {
    String run = "ranks-" + ranks;
    AtomicInteger asked = new AtomicInteger();
    if (ranks == 3) {
      Ranks.run(1, site.inputs(run), site.settings(RECIPE), () -> asked.incrementAndGet() == 3);
    }
    TrainOutcome outcome = Ranks.run(ranks, site.inputs(run), site.settings(RECIPE));
    assertThat(outcome.progress().step()).isEqualTo(4);
    assertThat(inputs(run, ranks)).isNotEmpty().isEqualTo(inputs(ALONE, 1));
    assertThat(distance(run, TrainInputs.ADAPTER)).isLessThan(1e-6);
    assertThat(distance(run, TrainInputs.AVERAGE)).isLessThan(1e-6);
  }

  @Test
  void stoppedAndStartedAgainItEndsWithTheSameBits() throws Exception {
    String run = "stopped";
    Settings settings = site.settings(RECIPE);
    for (int step : List.of(1, 3)) {
      AtomicInteger before = new AtomicInteger(step == 1 ? 0 : 1);
      TrainOutcome stopped =
          Ranks.run(1, site.inputs(run), settings, () -> before.incrementAndGet() == step).get(0);
      assertThat(stopped.end()).isEqualTo(new RunEnd.Stopped());
      assertThat(stopped.progress().step()).isEqualTo(step);
    }
    TrainOutcome resumed = Ranks.run(1, site.inputs(run), settings);
    assertThat(resumed.end()).isEqualTo(new RunEnd.Finished());
    assertThat(resumed.progress()).isEqualTo(alone.progress());
    assertSameBits(run);
    assertThat(metrics(run)).isEqualTo(metrics(ALONE));
    assertThat(inputs(run, 1)).isEqualTo(inputs(ALONE, 1));
  }

  @ParameterizedTest
  @CsvSource({"bf16, 1, 5e-3", "fp16, 65536, 5e-4"})
  void halvesTrainNearFloats(String type, double scale, double tolerance) throws Exception {
    Settings settings = site.settings(with("train.compute=" + type));
    AtomicInteger asked = new AtomicInteger();
    Ranks.run(1, site.inputs(type), settings, () -> asked.incrementAndGet() == 2);
    TrainOutcome outcome = Ranks.run(1, site.inputs(type), settings);
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    assertThat(outcome.progress().scheduled()).as("updates applied").isEqualTo(4);
    assertThat(outcome.progress().lossScale().factor()).isEqualTo(scale);
    assertThat(outcome.progress().lossScale().goodUpdates()).isEqualTo(scale == 1 ? 0 : 4);
    assertThat(outcome.lastLoss())
        .isCloseTo(alone.lastLoss(), withinPercentage(100 * tolerance))
        .isNotEqualTo(alone.lastLoss());
    assertThat(outcome.progress().runningLoss())
        .isCloseTo(alone.progress().runningLoss(), withinPercentage(100 * tolerance));
  }

  @Test
  void theWayOfEachLayerIsDecidedOnceForAllRanksAndStarts() throws Exception {
    Settings settings = site.settings(with("lokr.mode=auto"));
    TrainOutcome auto = Ranks.run(2, site.inputs("auto"), settings);
    String measured = Files.readString(site.checkpoints("auto").resolve("layer-modes.txt"));
    assertThat(measured).matches("[mb]+\n");
    assertThat(auto.lastLoss()).isCloseTo(alone.lastLoss(), withinPercentage(0.01));

    String mixed = "mb".repeat(measured.length()).substring(1, measured.length());
    for (String run : List.of("mixed", "mixed-broken-off")) {
      Files.createDirectories(site.checkpoints(run));
      Files.writeString(site.checkpoints(run).resolve("layer-modes.txt"), mixed);
    }
    TrainOutcome mix = Ranks.run(1, site.inputs("mixed"), settings);
    AtomicInteger asked = new AtomicInteger();
    Ranks.run(1, site.inputs("mixed-broken-off"), settings, () -> asked.incrementAndGet() == 2);
    Ranks.run(1, site.inputs("mixed-broken-off"), settings);
    Path whole = site.output("mixed", TrainInputs.ADAPTER);
    assertThat(SavedTensors.distance(site.output("mixed-broken-off", TrainInputs.ADAPTER), whole))
        .isZero();
    assertThat(mix.lastLoss()).isCloseTo(alone.lastLoss(), withinPercentage(0.01));
    assertThat(metrics("mixed")).as("sums in another order").isNotEqualTo(metrics(ALONE));
  }

  private static String[] with(String... more) {
    return Stream.of(RECIPE, more).flatMap(Stream::of).toArray(String[]::new);
  }

  /** Draws every round twice and looks whether both are the same. */
  private record TwiceDrawn(TrainingPictures pictures, Path folder) implements IntervalSampler {
    @Override
    public void sample(long update) throws IOException {
      Path round = folder.resolve(String.format(Locale.ROOT, "step-%09d", update));
      pictures.draw(update);
      byte[] picture = Files.readAllBytes(round.resolve("00000-5.png"));
      byte[] sheet = Files.readAllBytes(round.resolve("sheet.png"));
      pictures.draw(update);
      assertThat(Files.readAllBytes(round.resolve("00000-5.png"))).isEqualTo(picture);
      assertThat(Files.readAllBytes(round.resolve("sheet.png"))).isEqualTo(sheet);
    }

    @Override
    public void close() {
      pictures.close();
    }
  }

  @Test
  void picturesAreDrawnAndChangeNothing() throws Exception {
    String run = "pictures";
    Settings settings =
        site.settings(
            with(
                "train.sample-every=2",
                "sample.prompts=[\"1girl, (smile:1.2)\"]",
                "sample.pictures=1",
                "sample.seed=5",
                "sample.steps=2",
                "sample.width=64",
                "sample.height=64"));
    TrainingHooks drawing =
        new TrainingHooks(
            TrainingMeter.NONE,
            (all, folder, networks) ->
                new TwiceDrawn(
                    TrainingPictures.open(all, networks.sdxl(), folder, "test"), folder));
    TrainOutcome outcome = Ranks.run(1, site.inputs(run), settings, () -> false, drawing).get(0);
    assertThat(outcome.progress()).isEqualTo(alone.progress());
    assertSameBits(run);
    Path pictures = site.output(run, RunFolder.PICTURES);
    byte[] early = Files.readAllBytes(pictures.resolve("step-000000002/00000-5.png"));
    assertThat(Files.readAllBytes(pictures.resolve("step-000000004/00000-5.png")))
        .isNotEqualTo(early);
    assertThat(new String(early, StandardCharsets.ISO_8859_1))
        .contains("1girl, (smile:1.2)", "Training update: 2");
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    String run = "damaged";
    Settings settings = site.settings(RECIPE);
    Ranks.run(1, site.inputs(run), settings);
    Path newest = site.checkpoints(run).resolve("step-000000004/optimizer.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 1] ^= 1;
    Files.write(newest, bytes);
    Files.delete(site.output(run, TrainInputs.ADAPTER));
    TrainOutcome again = Ranks.run(1, site.inputs(run), settings);
    assertThat(again.progress()).isEqualTo(alone.progress());
    assertSameBits(run);
  }

  @Test
  void aCheckpointOfAnotherRunIsRefused() throws Exception {
    TrainOutcome outcome =
        Ranks.run(2, site.inputs(ALONE), site.settings("train.epochs=2", "train.micro-batch=3"));
    assertThat(((RunEnd.Failed) outcome.end()).why())
        .startsWith("Cannot resume from ")
        .contains("it was made with train.micro-batch 2 and this run has 3");
  }

  private static void assertSameBits(String run) {
    for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE)) {
      assertThat(SavedTensors.distance(site.output(run, file), site.output(ALONE, file))).isZero();
    }
  }

  private static double distance(String run, String file) {
    return SavedTensors.distance(site.output(run, file), site.output(ALONE, file));
  }

  /** What all ranks were trained on, sorted. */
  private static List<String> inputs(String run, int ranks) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      lines.addAll(Files.readAllLines(site.output(run, "logs/inputs-" + rank + ".jsonl")));
    }
    return lines.stream().sorted().toList();
  }

  /** The losses of all updates, in order. */
  private static List<String> metrics(String run) throws IOException {
    try (Stream<String> lines = Files.lines(site.output(run, "logs/metrics.jsonl"))) {
      return lines
          .filter(line -> line.contains("train/loss\""))
          .map(
              line ->
                  line.replaceAll(
                      "\"(time[^\"]*|memory[^\"]*|train/images_per_second)\":[^,}]*,?", ""))
          .toList();
    }
  }
}
