package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.LocalSpark;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that are asked for more updates, or for fewer, than they have done. */
class ExtendedRunIT {
  private static final String ALONE = "alone";
  private static final String[] RECIPE = {
    "train.optimizer.algorithm=lion8bit",
    "lokr.factor=2",
    "lokr.train-norm=true",
    "train.ema.decay=0.9",
    "train.checkpoint.keep=9",
    "train.checkpoint.every=2",
    "train.micro-batches-per-update=1",
    "train.epochs=1",
    "train.validation.every=2"
  };

  @TempDir static Path folder;
  private static TrainingSite site;
  private static RecipeRuns runs;
  private static TrainOutcome alone;

  /** Seven updates an epoch of one micro-batch each, four of two. */
  @BeforeAll
  static void trainUndisturbed() throws Exception {
    site = new TrainingSite(folder);
    runs = new RecipeRuns(site, RECIPE);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
    alone = runs.train(ALONE, "train.steps=6");
    assertThat(alone.progress().step()).isEqualTo(6);
    assertThat(runs.saved(ALONE).metrics("validation/loss")).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "1, train.epochs=4, train.steps=12, train.steps=24",
    "2, train.steps=0, train.epochs=3, train.epochs=6"
  })
  void moreUpdatesGiveTheBytesOfARunThatWasAskedForThemAtOnce(
      int microBatches, String both, String half, String whole) throws Exception {
    String[] common = {
      "train.micro-batches-per-update=" + microBatches,
      both,
      "train.validation.every=0",
      "train.checkpoint.every=100"
    };
    String once = "once-" + microBatches;
    String run = "extended-" + microBatches;
    TrainOutcome expected = runs.train(once, more(whole, common));
    assertThat(runs.train(run, more(half, common)).progress().step()).isEqualTo(12);
    Path first = site.output(run, TrainInputs.ADAPTER);
    assertThat(first).exists();
    Files.delete(first);
    TrainOutcome extended = runs.train(run, more(whole, common));
    assertThat(extended.progress()).isEqualTo(expected.progress());
    assertThat(extended.progress().step()).isEqualTo(24);
    for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE)) {
      assertThat(site.output(run, file)).hasSameBinaryContentAs(site.output(once, file));
    }
    SavedRun.assertSameTensors(runs.saved(run).checkpoint(24), runs.saved(once).checkpoint(24));
    assertThat(
            SavedRun.tensors(runs.saved(run).checkpoint(24).resolve(SavedRun.OPTIMIZER)).keySet())
        .as("blocks of 8 bits")
        .anyMatch(name -> name.endsWith(".absmax1"));
    assertThat(runs.saved(run).metrics("train/loss"))
        .isEqualTo(runs.saved(once).metrics("train/loss"));
    assertThat(extended.firstLoss()).as("before the first update").isEqualTo(alone.firstLoss());
  }

  private static String[] more(String one, String... others) {
    return Stream.concat(Stream.of(others), Stream.of(one)).toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void whatWasMeasuredAtAnUpdateIsNotMeasuredAgainAndWhatWasNotIs(int stop) throws Exception {
    String run = "stopped-" + stop;
    AtomicInteger asked = new AtomicInteger();
    Ranks.run(
        1,
        site.inputs(run),
        site.settings(runs.with("train.steps=6")),
        () -> asked.incrementAndGet() == stop);
    assertThat(runs.saved(run).checkpoint(stop)).isDirectory();
    TrainOutcome resumed = runs.train(run, "train.steps=6");
    assertThat(resumed).isEqualTo(alone);
    assertThat(runs.saved(run).metrics("step")).isEqualTo(runs.saved(ALONE).metrics("step"));
  }

  @Test
  void aFinishedRunThatIsStartedAgainMeasuresNothing() throws Exception {
    runs.train("finished", "train.steps=2");
    List<String> told = runs.saved("finished").metrics("step");
    Files.delete(site.output("finished", TrainInputs.ADAPTER));
    TrainOutcome again = runs.train("finished", "train.steps=2");
    assertThat(again.firstLoss()).isEqualTo(alone.firstLoss());
    assertThat(again.lastLoss()).isFinite().isNotEqualTo(again.firstLoss());
    assertThat(runs.saved("finished").metrics("step")).isEqualTo(told);
    assertThat(site.output("finished", TrainInputs.ADAPTER)).exists();
  }

  @Test
  void aCheckpointThatDoesNotTellWhatWasMeasuredIsGoneOnFrom() throws Exception {
    runs.train("older", "train.steps=2");
    SavedRun.rewrite(
        runs.saved("older").checkpoint(2),
        progress -> ((ObjectNode) progress.get("progress")).remove("measured"));
    TrainOutcome outcome = runs.train("older", "train.steps=6");
    assertThat(outcome.firstLoss()).isNaN();
    assertThat(outcome.lastLoss()).isEqualTo(alone.lastLoss());
    assertThat(runs.saved("older").metrics("step")).isEqualTo(runs.saved(ALONE).metrics("step"));
  }

  @Test
  void aRunThatHasGoneTooFarEndsOnlyWhereItWasSaved() throws Exception {
    String run = "shorter";
    runs.train(run, "train.steps=6");
    List<String> told = runs.saved(run).metrics("step");
    Files.delete(site.output(run, TrainInputs.ADAPTER));
    assertThat(why(runs.train(run, "train.steps=3")))
        .isEqualTo(
            "Cannot end at update 3: the run in %1$s is at update 6 and has no good checkpoint of update 3 (raise train.epochs or train.steps to go on, set train.branch-from = %1$s@<update> to begin from one of 2, 4, 6, or give --force to begin anew)"
                .formatted(site.checkpoints(run)));
    assertThat(site.output(run, TrainInputs.ADAPTER)).doesNotExist();
    runs.train("two", "train.steps=2");
    TrainOutcome outcome = runs.train(run, "train.steps=2");
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    assertThat(outcome.progress().step()).isEqualTo(2);
    assertThat(site.output(run, TrainInputs.ADAPTER))
        .hasSameBinaryContentAs(site.output("two", TrainInputs.ADAPTER));
    SavedRun.assertSameTensors(runs.saved(run).checkpoint(6), runs.saved(ALONE).checkpoint(6));
    assertThat(runs.saved(run).metrics("step")).as("of later updates, too").isEqualTo(told);
    SavedRun.damage(runs.saved(run).checkpoint(2).resolve(TrainInputs.ADAPTER));
    assertThat(why(runs.train(run, "train.steps=2"))).contains("no good checkpoint of update 2");
    assertThat(runs.train(run, "train.steps=6")).isEqualTo(alone);
  }

  private static String why(TrainOutcome outcome) {
    assertThat(outcome.end()).isInstanceOf(RunEnd.Failed.class);
    return ((RunEnd.Failed) outcome.end()).why();
  }
}
