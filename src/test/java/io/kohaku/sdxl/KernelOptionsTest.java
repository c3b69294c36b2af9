package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import io.kohaku.settings.SpeedSettings.Norms;
import io.kohaku.tensor.Dtype;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels that compute the same in another way, against the golden vectors. */
class KernelOptionsTest {
  /** The plain way is within 1e-4, 3e-2 and 4e-3 of the vectors, see the tests beside this one. */
  @ParameterizedTest
  @CsvSource({
    "F32, CONTIGUOUS, COMPUTE, 1e-4",
    "F32, CHANNELS_LAST, FLOAT32, 1e-4",
    "BF16, CHANNELS_LAST, FLOAT32, 3e-2",
    "BF16, CONTIGUOUS, COMPUTE, 3e-2",
    "F16, CHANNELS_LAST, COMPUTE, 4e-3"
  })
  void theNetworksSayWhatTheReferencesSay(
      Dtype dtype, MemoryFormat format, Norms norms, double tolerance) {
    KernelOptions kernels = new KernelOptions(format, norms);
    ModelOptions options = ModelOptions.DEFAULT.withDtype(dtype);
    try (TinyModel tiny = new TinyModel(options, kernels.layers(), kernels);
        Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, dtype, kernels)) {
      Tape tape = Tape.inference(tiny.manager);
      Value epsilon =
          tiny.sdxl.predict(
              tape,
              tape.input(tiny.golden("latents")),
              tape.input(tiny.goldenIds("timesteps")),
              tiny.condition(tape));
      near(epsilon.array(), tiny.golden("unet_out"), tolerance);
      Vae.Posterior moments = vae.encode(vae.manager(), tiny.golden("vae_image"));
      near(moments.mean(), tiny.golden("vae_mean"), tolerance);
      near(moments.logVariance(), tiny.golden("vae_logvar"), tolerance);
      NDArray decoded = vae.decode(vae.manager(), tiny.golden("vae_mean"));
      near(decoded, tiny.golden("vae_decoded"), tolerance);
    }
  }

  private static void near(NDArray actual, NDArray expected, double tolerance) {
    assertThat(TinyModel.relative(actual, expected)).isLessThan(tolerance);
  }
}
