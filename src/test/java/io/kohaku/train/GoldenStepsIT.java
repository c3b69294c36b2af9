package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.kohaku.Golden;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.lokr.ParameterGroup;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.train.model.Batch;
import io.kohaku.train.optimizer.Gradients;
import io.kohaku.train.optimizer.LearningRate;
import io.kohaku.train.optimizer.Lion;
import io.kohaku.train.optimizer.Optimizer;
import io.kohaku.train.optimizer.OptimizerOptions;
import io.kohaku.train.optimizer.OptimizerStep;
import io.kohaku.train.optimizer.RateGroup;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference's loss and its first three updates. */
class GoldenStepsIT {
  private static final int MICRO_BATCHES = 2;

  @Test
  void theTrainingLossIsTheReferences() throws Exception {
    try (TinyTraining tiny = new TinyTraining(ModelOptions.DEFAULT, true);
        MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      Batch inputs = tiny.inputs(scope.manager(), "");
      float expected = tiny.golden("train_loss")[0];
      assertThat(tiny.networks.learn(scope.manager(), inputs, 1, finished -> {}))
          .isCloseTo(expected, within(1e-4 * expected));
      float[] each = tiny.networks.evaluate(scope.manager(), inputs);
      assertThat((each[0] + each[1]) / 2).isCloseTo(expected, within(1e-4f * expected));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void threeUpdatesFollowTheReference(boolean checkpointing) throws Exception {
    try (TinyTraining tiny = new TinyTraining(ModelOptions.DEFAULT, checkpointing)) {
      List<RateGroup> groups = groups(tiny);
      OptimizerOptions options = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);
      try (Gradients gradients = new Gradients(tiny.networks.sdxl().manager(), groups);
          Optimizer lion = new Lion(tiny.networks.sdxl().manager(), groups, options)) {
        LearningRate flat = new LearningRate(Curve.CONSTANT, 0, 3, 1);
        OptimizerStep optimizerStep = new OptimizerStep(gradients, lion, flat, 1.0, 0);
        float[] expected = tiny.golden("three_steps_loss_and_gradnorm");
        Map<String, float[]> before = values(tiny.parameters());
        for (int step = 0; step < 3; step++) {
          double loss = learn(tiny, step);
          optimizerStep.gather(AllReduce.alone());
          Verdict verdict =
              optimizerStep.guard(LossScale.none(), UpdateTotals.NOTHING.learned(1, 1));
          optimizerStep.apply((Verdict.Accepted) verdict, step);
          assertThat(loss).isCloseTo(expected[2 * step], within(1e-3 * expected[2 * step]));
          assertThat(verdict.norm())
              .isCloseTo(expected[2 * step + 1], within(2e-3 * expected[2 * step + 1]));
        }
        compareWithReference(tiny, before);
      }
    }
  }

  private static List<RateGroup> groups(TinyTraining tiny) {
    return List.of(
        new RateGroup("text encoders", 1e-5, tiny.parameters(ParameterGroup.TEXT_ENCODERS)),
        new RateGroup("unet", 4e-5, tiny.parameters(ParameterGroup.UNET)));
  }

  private static double learn(TinyTraining tiny, int step) {
    double loss = 0;
    for (int micro = 0; micro < MICRO_BATCHES; micro++) {
      try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
        Batch inputs = tiny.inputs(scope.manager(), "s%sm%s/".formatted(step, micro));
        loss += tiny.networks.learn(scope.manager(), inputs, 1.0 / MICRO_BATCHES, finished -> {});
      }
    }
    return loss / MICRO_BATCHES;
  }

  /** A sign may flip where its argument is about zero, so the share of equal elements counts. */
  private static void compareWithReference(TinyTraining tiny, Map<String, float[]> before) {
    int equal = 0;
    int all = 0;
    List<String> unreached = new ArrayList<>();
    try (SafeTensors sample = SafeTensors.open(Golden.path("lokr-after3-sample.safetensors"));
        MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      for (String name : sample.tensors().keySet()) {
        float[] expected = sample.read(scope.manager(), name, Dtype.F32).toFloatArray();
        float[] actual = tiny.parameters().get(name).toFloatArray();
        for (int i = 0; i < expected.length; i++) {
          equal += Math.abs(actual[i] - expected[i]) <= 1e-6f ? 1 : 0;
        }
        all += expected.length;
      }
    }
    assertThat((double) equal / all).isGreaterThanOrEqualTo(0.995);
    tiny.parameters()
        .forEach(
            (name, leaf) -> {
              if (Arrays.equals(leaf.toFloatArray(), before.get(name))) {
                unreached.add(name);
              }
            });
    assertThat(unreached)
        .as("the last layer of text encoder 1 is neither decayed nor updated")
        .isNotEmpty()
        .allMatch(name -> name.startsWith("lora_te1_text_model_encoder_layers_"));
  }

  private static Map<String, float[]> values(Map<String, NDArray> tensors) {
    Map<String, float[]> values = new HashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloatArray()));
    return values;
  }
}
