package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.LocalSpark;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.lokr.ParameterGroup;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings.Algorithm;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.optimizer.Gradients;
import io.kohaku.train.optimizer.LearningRate;
import io.kohaku.train.optimizer.Optimizer;
import io.kohaku.train.optimizer.OptimizerOptions;
import io.kohaku.train.optimizer.OptimizerStep;
import io.kohaku.train.optimizer.RateGroup;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of a float16 adapter, on the tiny SDXL. */
class HalfAdapterIT {
  private static final String[] HALF = {"train.compute=fp16", "train.adapter-precision=fp16"};
  private static final double UNET_RATE = 4e-5;

  @TempDir static Path folder;
  private static TrainingSite site;
  private static TrainOutcome whole;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
    whole = Ranks.run(1, site.inputs("whole"), settings());
    assertThat(whole.end()).isEqualTo(new RunEnd.Finished());
  }

  /** What three updates make of each element: after minus before. */
  private record Course(Map<String, float[]> before, Map<String, float[]> after, double loss) {}

  @Test
  void elementsThatCanMoveFollowThoseOfAFloat32Adapter() throws Exception {
    Course half = course(DataType.FLOAT16, LossScale.initial());
    Course full = course(DataType.FLOAT32, LossScale.none());
    assertThat(half.loss).isCloseTo(full.loss, withinPercentage(0.1));
    int stuck = 0;
    int free = 0;
    int following = 0;
    for (String name : half.before.keySet()) {
      float[] before = half.before.get(name);
      double eighth = name.startsWith("lora_unet") ? 1 / 8. : 1 / 32.;
      for (int i = 0; i < before.length; i++) {
        float moved = half.after.get(name)[i] - before[i];
        if (Math.abs(before[i]) > eighth) {
          assertThat(moved).as(name).isZero();
          stuck++;
        } else if (Math.abs(before[i]) < eighth / 8) {
          float expected = full.after.get(name)[i] - full.before.get(name)[i];
          // Three roundings of at most half a unit in the last place, a sixteenth of a step each.
          following += Math.abs(moved - expected) < UNET_RATE / 4 ? 1 : 0;
          free++;
        }
      }
    }
    assertThat(stuck).isPositive();
    // A sign may flip where its argument is about zero.
    assertThat((double) following / free).isGreaterThan(0.99);
  }

  private static Course course(DataType type, LossScale scale) throws Exception {
    try (TinyTraining tiny = TinyTraining.withNorms(true, type)) {
      Map<String, float[]> before = values(tiny);
      NDManager manager = tiny.networks.sdxl().manager();
      List<RateGroup> groups =
          List.of(
              new RateGroup("text encoders", 1e-5, tiny.parameters(ParameterGroup.TEXT_ENCODERS)),
              new RateGroup("unet", UNET_RATE, tiny.parameters(ParameterGroup.UNET)));
      OptimizerOptions options = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);
      double loss = 0;
      try (OptimizerStep rule =
          new OptimizerStep(
              new Gradients(manager, groups),
              Optimizer.of(Algorithm.LION8BIT, manager, groups, options),
              new LearningRate(Curve.CONSTANT, 0, 3, 1),
              1,
              0)) {
        for (int update = 0; update < 3; update++) {
          try (MemoryScope scope = MemoryScope.open(manager)) {
            NDManager here = scope.manager();
            loss =
                tiny.networks.learn(
                    here, tiny.inputs(here, "s%sm0/".formatted(update)), scale.factor(), l -> {});
            NDArray leaf = tiny.parameters().values().iterator().next();
            assertThat(Autograd.gradient(here, leaf).orElseThrow().getDataType()).isEqualTo(type);
          }
          rule.gather(AllReduce.alone());
          Verdict verdict = rule.guard(scale, UpdateTotals.NOTHING.learned(1, 1));
          rule.apply((Verdict.Accepted) verdict, update);
        }
      }
      return new Course(before, values(tiny), loss);
    }
  }

  private static Map<String, float[]> values(TinyTraining tiny) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      assertThat(scope.manager().isOpen()).isTrue();
      tiny.parameters()
          .forEach(
              (name, leaf) ->
                  values.put(name, leaf.toType(DataType.FLOAT32, false).toFloatArray()));
    }
    return values;
  }

  @Test
  void aRunLearnsAsOneWithAFloat32Adapter() throws Exception {
    TrainOutcome full = Ranks.run(1, site.inputs("full"), settings("train.adapter-precision=fp32"));
    assertThat(whole.progress().scheduled()).as("updates applied").isEqualTo(4);
    assertThat(whole.progress().lossScale()).isEqualTo(full.progress().lossScale());
    assertThat(whole.lastLoss()).isCloseTo(full.lastLoss(), withinPercentage(0.1));
    assertThat(SavedTensors.distance(adapter("whole"), adapter("full"))).isPositive();
    assertThat(SavedTensors.ofHalf(adapter("whole"))).as("all numbers of float16").isTrue();
    assertThat(SavedTensors.ofHalf(average("whole"))).as("averages are float32").isFalse();
  }

  @Test
  void stoppedAndStartedAgainItEndsWithTheSameBytes() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Ranks.run(1, site.inputs("stopped"), settings(), () -> asked.incrementAndGet() == 2);
    TrainOutcome resumed = Ranks.run(1, site.inputs("stopped"), settings());
    assertThat(resumed.progress()).isEqualTo(whole.progress());
    assertThat(Files.readAllBytes(adapter("stopped")))
        .isEqualTo(Files.readAllBytes(adapter("whole")));
    assertThat(Files.readAllBytes(average("stopped")))
        .isEqualTo(Files.readAllBytes(average("whole")));
  }

  @Test
  void severalRanksAndWeightsMergedOnceGoTheSameWay() throws Exception {
    TrainOutcome two = Ranks.run(2, site.inputs("two"), settings());
    assertThat(two.lastLoss()).isCloseTo(whole.lastLoss(), withinPercentage(0.1));
    TrainOutcome once = Ranks.run(1, site.inputs("merged"), settings("train.speed.merge=update"));
    assertThat(once.firstLoss()).isEqualTo(whole.firstLoss());
    assertThat(once.lastLoss()).isCloseTo(whole.lastLoss(), withinPercentage(0.1));
    assertThat(SavedTensors.ofHalf(adapter("merged"))).isTrue();
  }

  /** A run that begins with the file of a float32 run begins with its values, rounded. */
  @Test
  void aFileToResumeFromIsRounded() throws Exception {
    String[] short32 = {"train.adapter-precision=fp32", "train.epochs=1"};
    Ranks.run(1, site.inputs("first"), settings(short32));
    String resume = "lokr.resume=" + adapter("first");
    Ranks.run(
        1,
        site.inputs("still"),
        settings(resume, "train.optimizer.unet-rate=0", "train.optimizer.text-encoder-rate=0"));
    assertThat(SavedTensors.ofHalf(adapter("first"))).isFalse();
    assertThat(SavedTensors.ofHalf(adapter("still"))).isTrue();
    assertThat(SavedTensors.distance(adapter("still"), adapter("first")))
        .isPositive()
        .isLessThan(1 / 4096.);
  }

  private static Settings settings(String... more) {
    return site.settings(
        Stream.of(HALF, new String[] {"train.epochs=2", "train.ema.decay=0.9"}, more)
            .flatMap(Stream::of)
            .toArray(String[]::new));
  }

  private static Path adapter(String run) {
    return site.output(run, TrainInputs.ADAPTER);
  }

  private static Path average(String run) {
    return site.output(run, TrainInputs.AVERAGE);
  }
}
