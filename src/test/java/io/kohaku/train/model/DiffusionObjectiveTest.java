package io.kohaku.train.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.Golden;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class DiffusionObjectiveTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.SDXL;

  private static NDManager manager;
  private static DiffusionObjective epsilon;
  private static DiffusionObjective velocity;
  private static SafeTensors golden;

  @BeforeAll
  static void open() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    epsilon = objective(Prediction.EPSILON);
    velocity = objective(Prediction.VELOCITY);
    golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"));
  }

  private static DiffusionObjective objective(Prediction type) {
    return new DiffusionObjective(manager, SCHEDULE, type, new MinSnr(5).weights(SCHEDULE, type));
  }

  @AfterAll
  static void close() {
    golden.close();
    manager.close();
  }

  @Test
  void addsNoiseAsTheReference() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray noisy =
          epsilon.noisy(
              here,
              golden.view(here, "latents"),
              golden.view(here, "noise"),
              golden.read(here, "timesteps", Dtype.I64));
      assertThat(noisy.toFloatArray())
          .containsExactly(golden.view(here, "noisy").toFloatArray(), within(1e-6f));
    }
  }

  @Test
  void velocityTurnsTheNoisyLatentBack() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray z = golden.view(here, "latents");
      NDArray noise = golden.view(here, "noise");
      NDArray t = golden.read(here, "timesteps", Dtype.I64);
      float[] x = epsilon.noisy(here, z, noise, t).toFloatArray();
      float[] v = velocity.target(here, z, noise, t).toFloatArray();
      float[] latents = z.toFloatArray();
      float[] alphas = SCHEDULE.alphasCumulative();
      int sample = x.length / 2;
      for (int i = 0; i < x.length; i++) {
        double a = alphas[(int) t.getLong(i / sample)];
        assertThat((float) (Math.sqrt(a) * x[i] - Math.sqrt(1 - a) * v[i]))
            .isCloseTo(latents[i], within(1e-5f));
      }
      assertThat(epsilon.target(here, z, noise, t)).isSameAs(noise);
    }
  }

  @Test
  void weighsEachSampleAndAveragesOverThoseThatAreThere() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray t = here.create(new long[] {0, 500});
      NDArray target = here.zeros(new Shape(2, 4, 2, 2));
      NDArray prediction = Autograd.leaf(here, here.ones(new Shape(2, 4, 2, 2)).mul(2).duplicate());
      DiffusionObjective.Loss loss =
          Autograd.recording(() -> epsilon.loss(here, prediction, target, t));
      float first = 4 * 0.00425372f;
      assertThat(loss.perSample().toFloatArray())
          .containsExactly(new float[] {first, 4}, within(1e-6f));
      assertThat(loss.mean().getFloat()).isCloseTo((first + 4) / 2, within(1e-6f));
      Autograd.backward(loss.mean(), here.ones(new Shape()));
      float[] gradient = Autograd.gradient(here, prediction).orElseThrow().toFloatArray();
      assertThat(gradient[16]).isCloseTo(2 * 2 / 16f / 2, within(1e-6f));
    }
  }

  @Test
  void noiseBelongsToTheSampleAlone() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray two = here.ones(new Shape(2, 4, 6, 8));
      NDArray one = here.ones(new Shape(1, 4, 6, 8));
      float[] both = noise(here, two, new long[] {7, -3}, NoiseOffset.NONE);
      float[] alone = noise(here, one, new long[] {-3}, NoiseOffset.NONE);
      assertThat(alone).isEqualTo(Arrays.copyOfRange(both, 192, 384));
      assertThat(both[0]).isNotEqualTo(both[192]);
      float[] shifted = noise(here, one, new long[] {-3}, new NoiseOffset(0.1, 0));
      float[] adaptive = noise(here, one, new long[] {-3}, new NoiseOffset(0, 0.1));
      float shift = shifted[0] - alone[0];
      assertThat(shift).isNotZero();
      assertThat(shifted[47] - alone[47]).isCloseTo(shift, within(1e-6f));
      assertThat(shifted[48] - alone[48]).isNotCloseTo(shift, within(1e-6f));
      assertThat(adaptive).containsExactly(shifted, within(1e-6f));
      assertThatThrownBy(() -> noise(here, two, new long[] {1}, NoiseOffset.NONE))
          .hasMessage("Invalid seeds: 1 (one for each of 2 samples)");
    }
  }

  /** The first numbers of PyTorch's {@code torch.manual_seed(1234); torch.randn(..)}. */
  @Test
  void noiseIsPyTorchs() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray like = scope.manager().zeros(new Shape(1, 1, 1, 3));
      assertThat(noise(scope.manager(), like, new long[] {1234}, NoiseOffset.NONE))
          .containsExactly(new float[] {0.0461f, 0.4024f, -1.0115f}, within(1e-4f));
    }
  }

  private static float[] noise(NDManager scope, NDArray like, long[] seeds, NoiseOffset offset) {
    return epsilon.noise(scope, like, seeds, offset).toFloatArray();
  }
}
