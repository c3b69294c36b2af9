package io.kohaku.sdxl.tape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sdxl.AdditiveLayers;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointTapeTest {
  private TinyModel tiny;

  @BeforeEach
  void open() {
    tiny = new TinyModel(ModelOptions.DEFAULT, AdditiveLayers.TEXT);
  }

  @AfterEach
  void close() {
    tiny.close();
  }

  @Test
  void gradientsAreThoseOfThePlainWalkToTheLastBit() {
    Map<String, NDArray> leaves = AdditiveLayers.attach(tiny.sdxl, tiny.manager);
    Map<String, float[]> plain = gradients(leaves, Tape::recording);
    Autograd.zero(leaves.values());
    Map<String, float[]> checkpointed = gradients(leaves, Tape::checkpointed);
    assertThat(plain).hasSizeGreaterThan(280);
    assertThat(checkpointed.keySet()).isEqualTo(plain.keySet());
    plain.forEach(
        (name, gradient) -> {
          assertThat(checkpointed.get(name)).as(name).isEqualTo(gradient);
          assertThat(gradient)
              .as(name)
              .satisfies(values -> assertThat(largest(values)).isPositive());
        });
  }

  @Test
  void theLastLayerOfTheFirstEncoderIsNeverReached() {
    Map<String, NDArray> leaves = AdditiveLayers.attach(tiny.sdxl, tiny.manager);
    Map<String, float[]> gradients = gradients(leaves, Tape::checkpointed);
    assertThat(leaves.keySet().stream().filter(name -> !gradients.containsKey(name)))
        .hasSize(6)
        .allMatch(name -> name.startsWith("TE1 text_model.encoder.layers.2."));
  }

  /** Of each once, those of the U-Net first. */
  @Test
  void leavesAreToldOfWhenTheirGradientsAreFinal() {
    Map<String, NDArray> leaves = AdditiveLayers.attach(tiny.sdxl, tiny.manager);
    Map<NDArray, String> names = new IdentityHashMap<>();
    leaves.forEach((name, leaf) -> names.put(leaf, name));
    List<String> order = new ArrayList<>();
    Map<String, float[]> told = new LinkedHashMap<>();
    Map<String, float[]> gradients =
        gradients(
            leaves,
            Tape::checkpointed,
            finished -> {
              for (NDArray leaf : finished) {
                order.add(names.get(leaf));
                told.put(names.get(leaf), leaf.getGradient().toFloatArray());
              }
            });
    assertThat(order).hasSameSizeAs(gradients.keySet());
    assertThat(told.keySet()).isEqualTo(gradients.keySet());
    gradients.forEach((name, gradient) -> assertThat(told.get(name)).as(name).isEqualTo(gradient));
    long unet = leaves.keySet().stream().filter(name -> name.startsWith("UNET ")).count();
    assertThat(order.subList(0, (int) unet)).allMatch(name -> name.startsWith("UNET "));
  }

  @Test
  void inputsGetGradientsWithoutAnyAdapter() {
    Map<String, float[]> plain = inputGradients(Tape::recording);
    Map<String, float[]> checkpointed = inputGradients(Tape::checkpointed);
    assertThat(plain).containsOnlyKeys("context", "vector", "latents");
    plain.forEach((name, gradient) -> assertThat(checkpointed.get(name)).isEqualTo(gradient));
  }

  @Test
  void replacingATensorKeepsAnEqualOneOfTheSameSegment() {
    String block = "middle_block.1.transformer_blocks.0.attn1.";
    NDArray trained = delta(block + "to_q");
    trained.setRequiresGradient(true);
    attach(block + "to_q", trained);
    attach(block + "to_k", delta(block + "to_k"));
    attach(block + "to_k", delta(block + "to_k"));
    assertThat(gradients(Map.of("to_q", trained), Tape::checkpointed)).containsOnlyKeys("to_q");
  }

  @Test
  void anInferenceTapeCollectsNothing() {
    Tape tape = Tape.inference(tiny.manager);
    assertThatThrownBy(() -> tape.leaf(tiny.golden("latents")))
        .hasMessage("Cannot collect a gradient: this tape only infers");
  }

  /** Zeros of the shape of a layer's weight. */
  private NDArray delta(String path) {
    AdaptableLayer layer =
        tiny.sdxl.modules().layers(Network.UNET).stream()
            .filter(candidate -> candidate.path().equals(path))
            .findFirst()
            .orElseThrow();
    return tiny.manager.zeros(
        new Shape(layer.shape().stream().mapToLong(Long::longValue).toArray()));
  }

  private void attach(String path, NDArray delta) {
    tiny.sdxl.attach(Network.UNET, path, Map.of("delta", delta), Map.of());
  }

  private Map<String, float[]> gradients(
      Map<String, NDArray> leaves, Function<NDManager, Tape> tapes) {
    return gradients(leaves, tapes, finished -> {});
  }

  private Map<String, float[]> gradients(
      Map<String, NDArray> leaves,
      Function<NDManager, Tape> tapes,
      Consumer<List<NDArray>> finished) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (MemoryScope scope = MemoryScope.open(tiny.manager)) {
      Tape tape = tapes.apply(scope.manager());
      Value epsilon =
          tiny.sdxl.predict(
              tape,
              tape.input(tiny.golden("latents")),
              tape.input(tiny.goldenIds("timesteps")),
              tiny.condition(tape));
      tape.backward(epsilon, tiny.golden("noise"), finished);
      leaves.forEach(
          (name, leaf) ->
              Autograd.gradient(scope.manager(), leaf)
                  .ifPresent(gradient -> gradients.put(name, gradient.toFloatArray())));
    }
    return gradients;
  }

  private Map<String, float[]> inputGradients(Function<NDManager, Tape> tapes) {
    try (MemoryScope scope = MemoryScope.open(tiny.manager)) {
      Sdxl.Conditioning text = tiny.condition(Tape.inference(scope.manager()));
      Tape tape = tapes.apply(scope.manager());
      Map<String, Value> inputs = new LinkedHashMap<>();
      inputs.put("context", tape.leaf(text.context().array()));
      inputs.put("vector", tape.leaf(text.vector().array()));
      inputs.put("latents", tape.leaf(tiny.golden("latents")));
      Value epsilon =
          tiny.sdxl.predict(
              tape,
              inputs.get("latents"),
              tape.input(tiny.goldenIds("timesteps")),
              new Sdxl.Conditioning(inputs.get("context"), inputs.get("vector")));
      tape.backward(epsilon, tiny.golden("noise"));
      Map<String, float[]> gradients = new LinkedHashMap<>();
      inputs.forEach(
          (name, value) -> {
            Optional<NDArray> gradient = tape.gradient(value);
            gradient.ifPresent(found -> gradients.put(name, found.toFloatArray()));
          });
      return gradients;
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
