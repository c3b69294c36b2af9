package io.kohaku.lokr.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are given for LoKr adapters and are none, or not quite. */
class OtherAdapterTest {
  @TempDir private Path folder;

  @BeforeEach
  void enterThread() {
    Autograd.enterThread();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_unet_x.lora_up.weight | Missing tensor: lora_unet_x.lora_down.weight",
        "unet.conv_in.lora_A.weight | Missing tensor: lora_unet_input_blocks_0_0.lora_up.weight",
        "lora_unet_x.hada_w1_a | Missing tensor: lora_unet_x.hada_w1_b",
        "lora_unet_x.on_input | it holds IA3 layers (bake it with a program for it), first lora_unet_x.on_input",
        "x.base_layer.ia3_l.default | it holds IA3 layers (bake it with a program for it), first x.base_layer.ia3_l.default",
        "lora_unet_x.oft_blocks | it holds OFT or BOFT layers (bake it with a program for it), first lora_unet_x.oft_blocks",
        "lora_unet_x.a1.weight | it holds GLoRA layers (bake it with a program for it), first lora_unet_x.a1.weight",
        "lora_unet_x.lambda_layer | it holds T-LoRA layers (bake it with a program for it), first lora_unet_x.lambda_layer",
        "base_model.model.x.vera_lambda_b | it holds VeRA layers (bake it with a program for it), first base_model.model.x.vera_lambda_b",
        "base_model.model.x.lora_E | it holds AdaLoRA layers (bake it with a program for it), first base_model.model.x.lora_E",
        "lora_unet_x.bias_values | it holds LoRA layers with sparse biases (bake it with a program for it), first lora_unet_x.bias_values",
        "lllite_unet_x.depth1.weight | it holds ControlNet-LLLite layers (bake it with a program for it), first lllite_unet_x.depth1.weight",
        "ip_adapter.1.to_k_ip.weight | it holds an IP-Adapter, which changes no layer, first ip_adapter.1.to_k_ip.weight",
        "clip_g | it holds a textual inversion, which changes no layer, first clip_g",
        "decoder.conv_in.bias | it holds a network and no adapter, first decoder.conv_in.bias",
        "model.diffusion_model.out.2.bias | it holds a checkpoint (name it as the base), first model.diffusion_model.out.2.bias",
        "strange | Unknown tensor: strange (no layer of LoKr, LoRA, LoHa or full and no norm has it)",
        "lora_unet_x.lokr_w3 | Unknown tensor: lora_unet_x.lokr_w3 (no layer of LoKr, LoRA, LoHa or full and no norm has it)",
        "lora_unet_x.lokr_w1 | Missing tensor: lora_unet_x.lokr_w2, or its parts _a and _b"
      })
  void otherFilesAreSaidToBeWhatTheyAre(String tensor, String problem) throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafeTensorsWriter.write(file, Map.of(), List.of(matrix(tensor)));
    assertThatThrownBy(() -> LokrFile.open(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot use %s as an adapter: %s".formatted(file, problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lokr_w1 | F32 | 5 | Invalid tensor x.lokr_w1: (5) (must have rows and columns, none of them empty)",
        "lokr_w1 | F32 | 0,2 | Invalid tensor x.lokr_w1: (0, 2) (must have rows and columns, none of them empty)",
        "lokr_w1 | F32 | | Invalid tensor x.lokr_w1: () (must have rows and columns, none of them empty)",
        "scalar | F32 | 2 | Invalid tensor x.scalar: (2) (must be one number)",
        "alpha | F32 | 2 | Invalid tensor x.alpha F32[2] (must be one number)",
        "lokr_w1 | I8 | 2,2 | Invalid tensor x.lokr_w1 I8[2, 2] (quantised)"
      })
  void tensorsThatAreNoBlocksAreNamed(String suffix, Dtype dtype, String sides, String problem)
      throws IOException {
    Path file = folder.resolve("x.safetensors");
    long[] shape =
        sides == null
            ? new long[0]
            : Arrays.stream(sides.split(",")).mapToLong(Long::parseLong).toArray();
    Map<String, TensorSource> tensors = new LinkedHashMap<>();
    tensors.put("lokr_w1", matrix("x.lokr_w1"));
    tensors.put("lokr_w2", matrix("x.lokr_w2"));
    int bytes = (int) dtype.bytes(TensorInfo.elements(shape));
    tensors.put(suffix, TensorSource.of("x." + suffix, dtype, shape, new byte[bytes]));
    SafeTensorsWriter.write(file, Map.of(), tensors.values());
    assertThatThrownBy(() -> LokrFile.open(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageEndingWith(problem);
  }

  @Test
  void anAlphaWithoutBlocksIsLeftAside() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafeTensorsWriter.write(
        file,
        Map.of(),
        List.of(
            matrix("x.lokr_w1"),
            matrix("x.lokr_w2"),
            TensorSource.of(
                "x.alpha", Dtype.I64, new long[] {1}, new byte[] {3, 0, 0, 0, 0, 0, 0, 0}),
            TensorSource.of("y.alpha", Dtype.F32, new long[0], new byte[4])));
    try (LokrFile read = LokrFile.open(file)) {
      assertThat(read.stored().keySet()).containsExactly("x");
      assertThat(read.stored().get("x").alpha()).isEqualTo(3);
    }
  }

  private static TensorSource matrix(String name) {
    return TensorSource.of(name, Dtype.F32, new long[] {1, 1}, new byte[4]);
  }
}
