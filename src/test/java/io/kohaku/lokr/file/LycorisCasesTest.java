package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.Numbers;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of layer that LyCORIS 4.1.3 writes, against the weights that it computes with. */
final class LycorisCasesTest {
  /** Sums of up to 72 products in another order, in float32. */
  private static final double ARITHMETIC = 2e-6;

  private static final KernelSource PROBE =
      new KernelSource(
          "probe",
          """
          def probe(x: Tensor, w: Tensor, b: Tensor, dw: Tensor, db: Tensor) -> Tensor:
            gain = changed(w, dw, 1.0)
            bias = changed(b, db, 1.0)
            if torch.dim(x) == 4:
              return torch.group_norm(x, 4, gain, bias, 1e-05)
            return torch.layer_norm(x, [torch.size(x, -1)], gain, bias, 1e-05)
          """);

  private static final String PATH = "middle_block.1.proj_in";
  private static final String NAME = "lora_unet_middle_block_1_proj_in";

  @TempDir Path folder;
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  static Stream<JsonNode> cases() throws IOException {
    JsonNode all = new ObjectMapper().readTree(Golden.own("lycoris-cases.json").toFile());
    return StreamSupport.stream(all.spliterator(), false);
  }

  private static SafeTensors golden() {
    return SafeTensors.open(Golden.own("lycoris-cases.safetensors"));
  }

  private NDArray tensor(SafeTensors golden, String name) {
    return golden.read(cpu.manager(), name, Dtype.F32);
  }

  /** The file that LyCORIS would write of a case. */
  private Path file(SafeTensors golden, JsonNode one) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (JsonNode suffix : one.path("tensors")) {
      NDArray values = tensor(golden, one.path("name").asText() + "." + suffix.asText());
      tensors.add(ArraySource.of(NAME + "." + suffix.asText(), Dtype.F32, values));
    }
    Path file = folder.resolve("case.safetensors");
    SafeTensorsWriter.write(file, Map.of(), tensors);
    return file;
  }

  private static AdaptableLayer module(SafeTensors golden, String name) {
    List<Long> shape = Arrays.stream(golden.info(name + ".weight").shape()).boxed().toList();
    return new AdaptableLayer(Network.UNET, PATH, List.of(), shape);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weightsAreTheReferences(JsonNode one) throws IOException {
    String name = one.path("name").asText();
    try (SafeTensors golden = golden();
        LokrFile read = LokrFile.open(file(golden, one))) {
      List<AdaptableLayer> modules = List.of(module(golden, name));
      for (String multiplier : List.of("1.0", "0.7", "-1.0")) {
        List<TensorUpdate> updates = read.updates(modules, Double.parseDouble(multiplier));
        boolean bias = golden.tensors().containsKey(name + ".merged_bias.1.0");
        assertThat(updates).hasSize(bias ? 2 : 1);
        for (TensorUpdate update : updates) {
          boolean gain = update.target().tensor() == NormTensor.GAIN;
          NDArray frozen = tensor(golden, name + (gain ? ".weight" : ".bias"));
          String merged = name + (gain ? ".merged." : ".merged_bias.");
          NDArray expected =
              golden.tensors().containsKey(name + ".dora_scale")
                  ? linear(frozen, tensor(golden, merged + "1.0"), Double.parseDouble(multiplier))
                  : tensor(golden, merged + multiplier);
          assertThat(Numbers.difference(update.apply(cpu.manager(), frozen, frozen), expected))
              .as("%s at %s", name, multiplier)
              .isLessThan(ARITHMETIC);
        }
      }
      assertThat(read.stored().values())
          .allMatch(layer -> layer.kind().title().equals(one.path("kind").asText()));
    }
  }

  /** Lengths have the strength that user interfaces give them; LyCORIS scales their ratio alone. */
  private static NDArray linear(NDArray frozen, NDArray changed, double multiplier) {
    return frozen.add(changed.sub(frozen).mul(multiplier));
  }

  @ParameterizedTest
  @ValueSource(strings = {"group-norm", "layer-norm"})
  void gradientsOfNormsAreTheReferences(String name) {
    try (SafeTensors golden = golden();
        TorchScript kernels = TorchScript.load(cpu.manager(), LokrKernels.delta(), PROBE)) {
      List<NDArray> leaves = new ArrayList<>();
      for (String leaf : List.of("x", "w_norm", "b_norm")) {
        leaves.add(Autograd.leaf(cpu.manager(), tensor(golden, name + "." + leaf)));
      }
      NDArray y =
          Autograd.recording(
              () ->
                  kernels.tensor(
                      cpu.manager(),
                      "probe",
                      leaves.get(0),
                      tensor(golden, name + ".weight"),
                      tensor(golden, name + ".bias"),
                      leaves.get(1),
                      leaves.get(2)));
      assertThat(Numbers.difference(y, tensor(golden, name + ".y"))).isLessThan(ARITHMETIC);
      Autograd.backward(y, tensor(golden, name + ".g"));
      List<String> gradients = List.of("gx", "dw_norm", "db_norm");
      for (int i = 0; i < gradients.size(); i++) {
        assertThat(
                Numbers.difference(
                    leaves.get(i).getGradient(), tensor(golden, name + "." + gradients.get(i))))
            .as(gradients.get(i))
            .isLessThan(ARITHMETIC);
      }
    }
  }
}
