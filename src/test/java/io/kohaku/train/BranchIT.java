package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.files.local.FolderTree;
import io.kohaku.train.checkpoint.BranchPoint;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs that begin from another run's checkpoint. */
class BranchIT {
  private static final String[] RECIPE = {
    "lokr.factor=2",
    "train.ema.decay=0.9",
    "train.checkpoint.keep=9",
    "train.checkpoint.every=6",
    "train.micro-batches-per-update=1",
    "train.epochs=2",
    "train.steps=12",
    "train.validation.every=6",
    "train.log.inputs=true"
  };

  @TempDir static Path folder;
  private static TrainingSite site;
  private static RecipeRuns runs;
  private static SavedRun origin;
  private static TrainOutcome trained;

  /** Seven updates an epoch: the branches go over its end. */
  @BeforeAll
  static void trainOrigin() throws Exception {
    site = new TrainingSite(folder);
    runs = new RecipeRuns(site, RECIPE);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
    trained = runs.train("origin");
    origin = runs.saved("origin");
    assertThat(trained.progress().epoch()).isEqualTo(1);
  }

  private static void branch(String run, Object spec) throws IOException {
    BranchPoint.of(spec.toString()).copyInto(site.checkpoints(run));
  }

  @Test
  void withUnchangedSettingsItHasTheBitsOfTheRunThoughThatIsGone() throws Exception {
    Path copy = folder.resolve("copy");
    FolderTree.remove(copy);
    branch("same", origin.folder() + "@6");
    Files.createDirectories(copy);
    Files.move(origin.checkpoint(6), copy.resolve("step-000000006"));
    AtomicInteger asked = new AtomicInteger();
    Ranks.run(
        1, site.inputs("same"), site.settings(runs.with()), () -> asked.incrementAndGet() == 3);
    TrainOutcome outcome = runs.train("same");
    Files.move(copy.resolve("step-000000006"), origin.checkpoint(6));

    assertThat(outcome.progress().scheduled()).isEqualTo(12);
    assertThat(outcome.lastLoss()).isEqualTo(trained.lastLoss());
    for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE)) {
      assertThat(site.output("same", file)).hasSameBinaryContentAs(site.output("origin", file));
    }
    SavedRun.assertSameTensors(runs.saved("same").checkpoint(12), origin.checkpoint(12));
    List<String> updates = origin.metrics("train/loss");
    assertThat(runs.saved("same").metrics("train/loss")).isEqualTo(updates.subList(6, 12));
    assertThat(runs.saved("same").metrics("validation/loss"))
        .as("before its first update, too")
        .isEqualTo(origin.metrics("validation/loss").subList(1, 3));
  }

  @Test
  void withAnotherRateItBeginsAtTheRunsWeightsAndGoesItsOwnWay() throws Exception {
    branch("rate", origin.checkpoint(6));
    TrainOutcome outcome = runs.train("rate", "train.optimizer.unet-rate=3e-3");
    assertThat(outcome.progress().step()).isEqualTo(12);
    assertThat(runs.saved("rate").metrics("validation/loss").get(0))
        .isEqualTo(origin.metrics("validation/loss").get(1));
    assertThat(outcome.lastLoss()).isNotEqualTo(trained.lastLoss());
    assertThat(SavedTensors.distance(output("rate"), output("origin"))).isPositive();
    List<String> inputs = Files.readAllLines(origin.folder().resolve("logs/inputs-0.jsonl"));
    assertThat(Files.readAllLines(runs.saved("rate").folder().resolve("logs/inputs-0.jsonl")))
        .as("the same images, noise and timesteps")
        .isEqualTo(inputs.subList(6, 12));
  }

  @Test
  void onOtherDataItBeginsItsFirstEpoch() throws Exception {
    TrainingSite other = new TrainingSite(Files.createDirectories(folder.resolve("other")));
    other.prepare(LocalSpark.session(), Map.of("64x64", 5), 0, 0);
    TrainInputs fewer = other.inputs("fewer");
    TrainInputs inputs =
        new TrainInputs(
            fewer.prepared(),
            fewer.latentStore(),
            "fewer",
            fewer.checkpoints(),
            fewer.output(),
            fewer.preset());
    BranchPoint.of(origin.folder() + "@6").copyInto(other.checkpoints("fewer"));
    TrainOutcome outcome = Ranks.run(1, inputs, site.settings(runs.with("train.steps=3")));
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    assertThat(outcome.progress().step()).isEqualTo(3);
    assertThat(outcome.progress().epoch()).isEqualTo(1);
    assertThat(outcome.progress().scheduled()).isEqualTo(3);
    assertThat(outcome.firstLoss()).isFinite();
    assertThat(SavedTensors.distance(other.output("fewer", TrainInputs.ADAPTER), output("origin")))
        .as("a few updates from the origin's weights, of 1e-3 at most")
        .isBetween(1e-6, 1.3e-2);
  }

  /** Layers that are merged and in bypass round differently. */
  @Test
  void itAppliesItsLayersAsTheRunDid() throws Exception {
    String auto = "lokr.mode=auto";
    String[] settings = {auto, "train.steps=2", "train.checkpoint.every=1"};
    long layers =
        Files.readString(output("origin"), StandardCharsets.ISO_8859_1)
                .split("\\.alpha\"", -1)
                .length
            - 1;
    Files.createDirectories(site.checkpoints("mixed"));
    String modes = "mb".repeat((int) layers).substring(0, (int) layers);
    Files.writeString(site.checkpoints("mixed").resolve("layer-modes.txt"), modes);
    runs.train("mixed", settings);
    branch("mixed-branch", site.checkpoints("mixed") + "@1");
    runs.train("mixed-branch", settings);
    assertThat(output("mixed-branch")).hasSameBinaryContentAs(output("mixed"));
    assertThat(site.checkpoints("mixed-branch").resolve("layer-modes.txt")).hasContent(modes);
    branch("merged-branch", site.checkpoints("mixed") + "@1");
    runs.train("merged-branch", "train.steps=2");
    Path merged = runs.saved("merged-branch").checkpoint(2).resolve(SavedRun.OPTIMIZER);
    assertThat(
            Files.mismatch(merged, runs.saved("mixed").checkpoint(2).resolve(SavedRun.OPTIMIZER)))
        .as("rounded otherwise")
        .isNotNegative();
    assertThat(site.checkpoints("merged-branch").resolve("layer-modes.txt")).doesNotExist();
  }

  @Test
  void aDamagedOriginIsRefusedUntilItIsCopiedAgain() throws Exception {
    branch("damaged", origin.checkpoint(6));
    Path copy = site.checkpoints("damaged").resolve("origin/step-000000006");
    SavedRun.damage(copy.resolve(TrainInputs.ADAPTER));
    assertThat(why(runs.train("damaged", "train.steps=7")))
        .isEqualTo(
            "Cannot branch from %s: the checkpoint is damaged, adapter.safetensors is not what was written (remove it to have it copied again)"
                .formatted(copy));
    assertThat(output("damaged")).doesNotExist();
    branch("damaged", origin.checkpoint(6));
    assertThat(runs.train("damaged", "train.steps=7").progress().step()).isEqualTo(7);
  }

  @Test
  void aRunWithNothingLeftToDoIsRefused() throws Exception {
    branch("done", origin.checkpoint(6));
    assertThat(why(runs.train("done", "train.steps=6")))
        .endsWith(
            "it has done 6 updates and this run ends after 6 (raise train.epochs or train.steps)");
    assertThat(output("done")).doesNotExist();
  }

  private static Path output(String run) {
    return site.output(run, TrainInputs.ADAPTER);
  }

  private static String why(TrainOutcome outcome) {
    assertThat(outcome.end()).isInstanceOf(RunEnd.Failed.class);
    return ((RunEnd.Failed) outcome.end()).why();
  }
}
