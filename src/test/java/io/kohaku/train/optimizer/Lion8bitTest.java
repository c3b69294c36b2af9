package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.kohaku.Golden;
import io.kohaku.tensor.file.SafeTensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class Lion8bitTest {
  private static final OptimizerOptions OPTIONS = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);

  @RegisterExtension final TestParameters parameters = new TestParameters();

  /** Four steps of bitsandbytes: every parameter, code and scale has the same bits. */
  @Test
  void followsTheReferenceBitForBit() {
    try (SafeTensors golden = SafeTensors.open(Golden.path("lion8bit.safetensors"))) {
      Parameter large = parameters.parameter("p", floats(golden, "p0"));
      Parameter small = parameters.parameter("small", floats(golden, "small0"));
      List<RateGroup> groups = List.of(TestParameters.group(4e-5, large, small));
      try (Gradients gradients = new Gradients(parameters.manager(), groups);
          Optimizer lion =
              new Lion8bit(parameters.manager(), groups, OPTIONS, Lion8bit.Flavor.CURRENT)) {
        for (int step = 0; step < 4; step++) {
          parameters.give(large, floats(golden, "g" + step));
          parameters.give(small, floats(golden, "small_g" + step));
          gradients.collect();
          lion.step(gradients, 1);
          String next = String.valueOf(step + 1);
          byte[] codes = new byte[5000];
          golden.bytes("state" + next).get(codes);
          assertThat(large.tensor().toFloatArray()).containsExactly(floats(golden, "p" + next));
          assertThat(lion.state().get("p.state1").toByteArray()).containsExactly(codes);
          assertThat(lion.state().get("p.absmax1").toFloatArray())
              .containsExactly(floats(golden, "absmax" + next));
          assertThat(small.tensor().toFloatArray()).containsExactly(floats(golden, "small" + next));
        }
      }
    }
  }

  /** The worked example of the specification, in a tensor that is large enough for 8 bits. */
  @Test
  void followsTheWorkedExample() {
    float[] values = new float[4096];
    float[] gradient = new float[4096];
    System.arraycopy(new float[] {.5f, -.25f, 0, 1}, 0, values, 0, 4);
    System.arraycopy(new float[] {.01f, -.002f, 0, 3e-5f}, 0, gradient, 0, 4);
    Parameter parameter = parameters.parameter("p", values);
    List<RateGroup> groups = List.of(TestParameters.group(4e-5, parameter));
    try (Gradients gradients = new Gradients(parameters.manager(), groups);
        Optimizer lion =
            new Lion8bit(parameters.manager(), groups, OPTIONS, Lion8bit.Flavor.BNB042)) {
      step(lion, gradients, parameter, gradient);
      example(lion, parameter, 5.0000008e-4f, .499958009f, -.249959007f, 0, .999956012f);
      for (int i = 0; i < 4; i++) {
        gradient[i] *= -0.5f;
      }
      step(lion, gradients, parameter, gradient);
      example(lion, parameter, 2.25000025e-4f, .499996006f, -.249998003f, 0, .999992013f);
      assertThat(lion.state().get("p.absmax1").getShape().size()).isEqualTo(2);
    }
  }

  private static void example(Optimizer lion, Parameter parameter, float scale, float... values) {
    float[] first = new float[4];
    System.arraycopy(parameter.tensor().toFloatArray(), 0, first, 0, 4);
    assertThat(first).containsExactly(values, within(1e-8f));
    assertThat(lion.state().get("p.absmax1").getFloat(0)).isCloseTo(scale, within(1e-10f));
    byte[] codes = lion.state().get("p.state1").toByteArray();
    assertThat(new int[] {codes[0] & 255, codes[1] & 255, codes[2] & 255, codes[3] & 255})
        .containsExactly(255, 56, 127, 146);
  }

  /** bitsandbytes 0.42 adds the decay of a small tensor to its gradient. */
  @Test
  void oldFlavorCouplesTheDecayOfSmallTensors() {
    Parameter parameter = parameters.parameter("p", 1, 1);
    List<RateGroup> groups = List.of(TestParameters.group(0.5, parameter));
    try (Gradients gradients = new Gradients(parameters.manager(), groups);
        Optimizer lion =
            new Lion8bit(parameters.manager(), groups, OPTIONS, Lion8bit.Flavor.BNB042)) {
      step(lion, gradients, parameter, -0.05f, -0.2f);
      assertThat(parameter.tensor().toFloatArray())
          .containsExactly(new float[] {0.5f, 1.5f}, within(1e-6f));
      assertThat(lion.state().get("p.state1").toFloatArray())
          .containsExactly(new float[] {0.0025f, -0.005f}, within(1e-7f));
    }
  }

  @Test
  void goesOnFromItsStateAsIfNeverStopped() {
    try (SafeTensors golden = SafeTensors.open(Golden.path("lion8bit.safetensors"))) {
      Parameter parameter = parameters.parameter("p", floats(golden, "p2"));
      List<RateGroup> groups = List.of(TestParameters.group(4e-5, parameter));
      try (Gradients gradients = new Gradients(parameters.manager(), groups);
          Optimizer lion =
              new Lion8bit(parameters.manager(), groups, OPTIONS, Lion8bit.Flavor.CURRENT)) {
        Map<String, NDArray> saved = new HashMap<>();
        saved.put("p.state1", golden.view(parameters.manager(), "state2"));
        assertThatThrownBy(() -> lion.restore(saved))
            .hasMessageStartingWith(
                "Invalid optimizer state: 1 tensors missing or unexpected, first p.absmax1");
        saved.put("p.absmax1", golden.view(parameters.manager(), "small1"));
        assertThatThrownBy(() -> lion.restore(saved))
            .hasMessageStartingWith(
                "Invalid optimizer state: p.absmax1 is float32 (1000) (must be");
        saved.put("p.absmax1", golden.view(parameters.manager(), "absmax2"));
        lion.restore(saved);
        step(lion, gradients, parameter, floats(golden, "g2"));
        assertThat(parameter.tensor().toFloatArray()).containsExactly(floats(golden, "p3"));
      }
    }
  }

  private void step(Optimizer lion, Gradients gradients, Parameter parameter, float... gradient) {
    parameters.give(parameter, gradient);
    gradients.collect();
    lion.step(gradients, 1);
  }

  private static float[] floats(SafeTensors file, String name) {
    float[] floats = new float[(int) file.info(name).elements()];
    file.bytes(name).asFloatBuffer().get(floats);
    return floats;
  }
}
