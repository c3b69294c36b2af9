package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.LocalSpark;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.checkpoint.BranchPoint;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run takes over of another's checkpoint before its first update. */
class BranchedStateIT {
  private static final String[] RECIPE = {
    "train.ema.decay=0.9", "train.micro-batches-per-update=1", "lokr.factor=2"
  };
  private static final String TOLD_BY = "io.kohaku.train.checkpoint.Branching";
  private static final Preset ATTENTION = PresetFile.load("attn-only");

  /** Less than {@link #ATTENTION}: nothing of the text encoders. */
  private static final Preset LESS =
      new Preset(
          false,
          List.of("CrossAttention"),
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          false);

  /** Other layers than those of {@link #LESS}. */
  private static final Preset TEXT =
      new Preset(
          false,
          List.of(),
          List.of(),
          List.of("CLIPAttention"),
          List.of(),
          Map.of(),
          Map.of(),
          false);

  @TempDir static Path folder;
  private static TrainingSite site;
  private static Path origin;
  private static int runs;

  @BeforeAll
  static void trainOrigin() throws Exception {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7), 0, 0);
    Autograd.enterThread();
    Ranks.run(1, site.inputs("origin"), settings("train.steps=2"));
    origin = site.checkpoints("origin").resolve("step-000000002");
  }

  private static Settings settings(String... more) {
    return site.settings(Stream.of(RECIPE, more).flatMap(Stream::of).toArray(String[]::new));
  }

  /** A run as it is before its first update. */
  private record Begun(Progress progress, Path checkpoint) {
    Map<String, List<Float>> tensors(String file) {
      return SavedRun.tensors(checkpoint.resolve(file));
    }
  }

  private static Begun branch(Preset preset, String... more) throws IOException {
    String run = "run-" + runs++;
    BranchPoint.of(origin.toString()).copyInto(site.checkpoints(run));
    return begin(run, preset, more);
  }

  private static Begun begin(String run, Preset preset, String... more) throws IOException {
    try (Closer opened = new Closer()) {
      OpenRank rank = Ranks.open(settings(more), site.inputs(run, preset), opened);
      Progress progress = rank.start().progress();
      rank.resources().checkpoints().save(progress);
      return new Begun(progress, new CheckpointStore(site.checkpoints(run), 1).at(progress.step()));
    }
  }

  private static Map<String, List<Float>> origin(String file) {
    return SavedRun.tensors(origin.resolve(file));
  }

  @Test
  void otherRatesAndMoreUpdatesTakeAllOver() throws IOException {
    Begun begun = branch(ATTENTION, "train.optimizer.unet-rate=1", "train.epochs=9");
    SavedRun.assertSameTensors(begun.checkpoint, origin);
    assertThat(begun.progress.step()).isEqualTo(2);
    assertThat(begun.progress.images()).isEqualTo(4);
    assertThat(begun.progress.scheduled()).isEqualTo(2);
  }

  @Test
  void anotherOrderTakesTheTensorsAndBeginsAnew() throws IOException {
    for (String other :
        List.of("run.seed=7", "train.micro-batch=1", "train.micro-batches-per-update=2")) {
      try (CapturedLog log = new CapturedLog(TOLD_BY, Level.INFO)) {
        Begun begun = branch(ATTENTION, other);
        SavedRun.assertSameTensors(begun.checkpoint, origin);
        assertThat(begun.progress).isEqualTo(Progress.start(LossScale.none()));
        assertThat(log.messages().get(log.messages().size() - 1))
            .contains("the first epoch begins anew, warm-up too: " + other.split("=")[0] + " was ");
      }
    }
  }

  @Test
  void aSmallerPresetDropsTensors() throws IOException {
    Begun fewer = branch(LESS);
    for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE, SavedRun.OPTIMIZER)) {
      Map<String, List<Float>> taken = fewer.tensors(file);
      assertThat(taken).isNotEmpty().hasSizeLessThan(origin(file).size());
      assertThat(origin(file)).containsAllEntriesOf(taken);
    }
    assertThat(fewer.progress.step()).isEqualTo(2);
  }

  @Test
  void aLargerPresetLeavesWhatIsNewAsItIsInitialised() throws IOException {
    Preset more = PresetFile.load("attn-mlp");
    Begun fresh = begin("fresh", more);
    try (CapturedLog log = new CapturedLog(TOLD_BY, Level.INFO)) {
      Begun begun = branch(more);
      for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE, SavedRun.OPTIMIZER)) {
        Map<String, List<Float>> all = begun.tensors(file);
        assertThat(all).containsAllEntriesOf(origin(file));
        Set<String> added = new HashSet<>(all.keySet());
        added.removeAll(origin(file).keySet());
        assertThat(added).isNotEmpty();
        Map<String, List<Float>> initial = fresh.tensors(file);
        initial.keySet().retainAll(added);
        assertThat(all).containsAllEntriesOf(initial);
      }
      int taken = origin(TrainInputs.ADAPTER).size();
      int added = begun.tensors(TrainInputs.ADAPTER).size() - taken;
      assertThat(log.messages().get(0))
          .endsWith(
              "adapter: %s tensors taken, %s new, 0 of another shape begin anew, 0 dropped"
                  .formatted(taken, added));
    }
  }

  @Test
  void anotherOptimizerRemembersNothing() throws IOException {
    Begun begun = branch(ATTENTION, "train.optimizer.algorithm=adamw");
    assertThat(begun.tensors(TrainInputs.ADAPTER)).isEqualTo(origin(TrainInputs.ADAPTER));
    assertThat(begun.progress.step()).isEqualTo(2);
    assertThat(begun.tensors(SavedRun.OPTIMIZER)).isNotEmpty();
    begun
        .tensors(SavedRun.OPTIMIZER)
        .forEach((name, values) -> assertThat(values).as(name).containsOnly(0f));
  }

  @Test
  void anAverageOfTheOtherIsNotNeeded() throws IOException {
    Begun without = branch(ATTENTION, "train.ema.decay=0");
    assertThat(without.checkpoint.resolve(TrainInputs.AVERAGE)).doesNotExist();
    String run = "from-no-average";
    Path copy =
        Files.createDirectories(site.checkpoints(run)).resolve("origin/" + origin.getFileName());
    BranchPoint.of(origin.toString()).copyInto(site.checkpoints(run));
    Files.delete(copy.resolve(TrainInputs.AVERAGE));
    SavedRun.rewrite(copy, progress -> {});
    Begun begun = begin(run, ATTENTION);
    assertThat(begun.tensors(TrainInputs.AVERAGE))
        .isEqualTo(begun.tensors(TrainInputs.ADAPTER))
        .isEqualTo(origin(TrainInputs.ADAPTER))
        .isNotEqualTo(origin(TrainInputs.AVERAGE));
  }

  @Test
  void nothingThatFitsIsRefused() throws IOException {
    Begun less = begin("less", LESS);
    BranchPoint.of(less.checkpoint.toString()).copyInto(site.checkpoints("text"));
    assertThatThrownBy(() -> begin("text", TEXT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing of it fits the adapter of this run: 0 tensors taken, ");
    assertThatThrownBy(() -> branch(ATTENTION, "lokr.factor=4"))
        .hasMessageMatching(".*: 0 tensors taken, 0 new, [1-9]\\d* of another shape.*");
  }

  @Test
  void aLossScaleIsTakenWhereBothMoveTheirs() throws IOException {
    LossScale moved = new LossScale(1024, 5, true);
    assertThat(branch(ATTENTION, "train.compute=fp16").progress.lossScale())
        .isEqualTo(LossScale.initial());
    for (String compute : List.of("fp16", "fp32")) {
      String run = "scaled-" + compute;
      BranchPoint.of(origin.toString()).copyInto(site.checkpoints(run));
      SavedRun.rewrite(
          site.checkpoints(run).resolve("origin").resolve(origin.getFileName()),
          progress ->
              ((ObjectNode) progress.get("progress"))
                  .putObject("lossScale")
                  .put("factor", moved.factor())
                  .put("goodUpdates", moved.goodUpdates())
                  .put("dynamic", true));
      Begun begun = begin(run, ATTENTION, "train.compute=" + compute, "run.seed=3");
      assertThat(begun.progress)
          .isEqualTo(Progress.start(compute.equals("fp16") ? moved : LossScale.none()));
    }
  }
}
