package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frozen weights in half precision: near the golden vectors, and trainable. */
class PrecisionTest {
  @ParameterizedTest
  @CsvSource({"F16, 4e-3", "BF16, 3e-2"})
  void halfPrecisionStaysNearTheReference(Dtype dtype, double tolerance) {
    try (TinyModel tiny = new TinyModel(ModelOptions.DEFAULT.withDtype(dtype))) {
      Tape tape = Tape.inference(tiny.manager);
      Value epsilon = predict(tiny, tape);
      assertThat(TinyModel.relative(epsilon.array(), tiny.golden("unet_out")))
          .isLessThan(tolerance)
          .isGreaterThan(tolerance / 1e3);
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, 4e-3", "BF16, 3e-2"})
  void theAutoencoderRunsInHalfPrecision(Dtype dtype, double tolerance) {
    try (TinyModel tiny = new TinyModel(ModelOptions.DEFAULT);
        Vae vae = Vae.open(tiny.checkpoint, TinyModel.DEVICE, dtype)) {
      Vae.Posterior moments = vae.encode(vae.manager(), tiny.golden("vae_image"));
      assertThat(TinyModel.relative(moments.mean(), tiny.golden("vae_mean"))).isLessThan(tolerance);
      NDArray decoded = vae.decode(vae.manager(), tiny.golden("vae_mean"));
      assertThat(TinyModel.relative(decoded, tiny.golden("vae_decoded"))).isLessThan(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, 2e-2", "BF16, 1e-1"})
  void adaptersTrainInFloatOverHalves(Dtype dtype, double tolerance) {
    Map<String, NDArray> exact;
    try (TinyModel whole = new TinyModel(ModelOptions.DEFAULT, AdditiveLayers.TEXT);
        TinyModel half =
            new TinyModel(ModelOptions.DEFAULT.withDtype(dtype), AdditiveLayers.TEXT)) {
      exact = gradients(whole, Tape.recording(whole.manager));
      Map<String, NDArray> plain = gradients(half, Tape.recording(half.manager));
      Map<String, NDArray> checkpointed = gradients(half, Tape.checkpointed(half.manager));
      assertThat(plain.keySet()).isEqualTo(exact.keySet());
      for (String name : exact.keySet()) {
        assertThat(checkpointed.get(name).toFloatArray())
            .as(name)
            .isEqualTo(plain.get(name).toFloatArray());
      }
      for (String name :
          new String[] {
            "UNET input_blocks.1.0.in_layers.2",
            "UNET output_blocks.8.0.out_layers.3",
            "TE1 text_model.encoder.layers.0.mlp.fc1"
          }) {
        assertThat(TinyModel.relative(plain.get(name), exact.get(name)))
            .as(name)
            .isLessThan(tolerance);
      }
    }
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> ModelOptions.DEFAULT.withDtype(Dtype.F64))
        .hasMessage("Invalid dtype: F64 (frozen weights are F32, BF16 or F16)");
  }

  private static Map<String, NDArray> gradients(TinyModel tiny, Tape tape) {
    Map<String, NDArray> leaves = AdditiveLayers.attach(tiny.sdxl, tiny.manager);
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    try (MemoryScope scope = MemoryScope.open(tiny.manager)) {
      tape.backward(predict(tiny, tape), tiny.golden("noise"));
      leaves.forEach(
          (name, leaf) ->
              Autograd.gradient(scope.manager(), leaf)
                  .ifPresent(gradient -> gradients.put(name, scope.keep(gradient, tiny.manager))));
    }
    return gradients;
  }

  private static Value predict(TinyModel tiny, Tape tape) {
    return tiny.sdxl.predict(
        tape,
        tape.input(tiny.golden("latents")),
        tape.input(tiny.goldenIds("timesteps")),
        tiny.condition(tape));
  }
}
