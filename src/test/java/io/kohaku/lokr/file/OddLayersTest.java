package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers whose tensors do not go together are refused by name, whatever the shapes. */
final class OddLayersTest {
  private static final String LINEAR =
      "lora_unet_output_blocks_3_1_transformer_blocks_0_attn2_to_k"; // [64, 80]
  private static final String KERNEL = "lora_unet_output_blocks_3_0_in_layers_2"; // [64, 192, 3, 3]
  private static final String NORM = "lora_unet_output_blocks_3_1_transformer_blocks_0_norm1";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "L lora_up.weight 64,0; lora_down.weight 0,80|must have rows and columns",
        "L lora_up.weight 64,4; lora_down.weight 4,80; lora_mid.weight 4,4|must be [4, 4, height, width]",
        "L lora_up.weight 64,4,1,1; lora_down.weight 4,80,1,1; lora_mid.weight 4,4,1,1|is no convolution",
        "L lora_up.weight 64,1,4; lora_down.weight 4,80|the rank of the other parts is 4",
        "L lokr_w1 8,8; lokr_t2 2,2; lokr_w2_a 2,8; lokr_w2_b 2,10|must be [2, 2, height, width]",
        "L lokr_w1 4,4; lokr_w2_a 16,3; lokr_w2_b 2,20|the rank of the other parts is 2",
        "L lokr_w1 4,4; lokr_w1_a 4,2; lokr_w2 16,20|lokr_w1 is there whole and in parts",
        "L lokr_w1 4,4; lokr_w2 16,20; lokr_t2 2,2,1,1|Missing tensor",
        "L hada_w1_a 64,2; hada_w1_b 2,80; hada_w2_a 32,2; hada_w2_b 2,160|that of the other factor is",
        "L hada_w1_a 64,2; hada_w1_b 2,80; hada_w2_a 64,2; hada_w2_b 2,1|that of the other factor is",
        "C hada_t1 2,3,3,3; hada_w1_a 2,64; hada_w1_b 2,192; hada_t2 2,2,3,3; hada_w2_a 2,64; hada_w2_b 2,192|must be [2, 2, height, width]",
        "C hada_t1 2,2,3,3; hada_w1_a 2,64; hada_w1_b 2,192; hada_t2 2,2,1,1; hada_w2_a 2,64; hada_w2_b 2,192|that of the other factor is",
        "C lora_up.weight 64,4,1,1; lora_down.weight 4,3,3,192|must be (4, 192, 3, 3)",
        "C lora_up.weight 64,4,1,1; lora_down.weight 4,576,3,1|must be (4, 192, 3, 3)",
        "N lora_up.weight 64,4; lora_down.weight 4,64|it has blocks, and is a norm",
        "N diff 64,1|it has blocks, and is a norm",
        "N w_norm 64; dora_scale 64|nothing reads its tensor",
        "L diff 64,80; dora_scale 64,1|nothing reads its tensor",
        "L lora_up.weight 64,4; lora_down.weight 4,80; dora_scale 64,1; lora_magnitude_vector 64|nothing reads its tensor",
        "L scalar 1|nothing reads its tensor",
        "L lora_A.one.weight 4,80; lora_B.other.weight 64,4|several adapters, one and other"
      })
  void areRefused(String tensors, String reason) throws IOException {
    assertThatThrownBy(() -> read(tensors))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("odd.safetensors");
  }

  @Test
  void configurationsBesideTheFileAreReadForTheirOwnNamesAlone() throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\": 16, \"r\": 4");
    assertThat(read("L lora_up.weight 64,4; lora_down.weight 4,80")).isEqualTo(4);
    String dotted = "unet.up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k ";
    String pair = dotted + "lora_B.weight 64,4; lora_A.weight 4,80";
    assertThatThrownBy(() -> read(pair)).hasMessageContaining("adapter_config.json");
    Files.writeString(folder.resolve("adapter_config.json"), "{\"lora_alpha\": 16, \"r\": 4}");
    assertThat(read(pair)).isEqualTo(16);
    Files.writeString(folder.resolve("adapter_config.json"), "{\"alpha\": 8, \"r\": 4}");
    assertThatThrownBy(() -> read(dotted + "lokr_w1 4,4; lokr_w2 16,20"))
        .hasMessageContaining("PEFT multiplies its whole blocks by 2.0");
  }

  @ParameterizedTest
  @CsvSource({"unet.,unet.", "'',unet.", "'',''"})
  void alphasOfTheHeaderMayLackTheNetworksName(String key, String network) throws IOException {
    String layer = network + "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k";
    Path file =
        file(layer + " lora_B.weight 64,4; lora_A.weight 4,80")
            .metadata("lora_adapter_metadata", "{\"%slora_alpha\": 16, \"%<sr\": 4}".formatted(key))
            .write(folder.resolve("odd.safetensors"));
    try (LokrFile read = LokrFile.open(file)) {
      assertThat(read.stored().get(LINEAR).alpha()).isEqualTo(16);
    }
  }

  /** The alpha of the only layer. */
  private double read(String tensors) throws IOException {
    Path file = file(tensors).write(folder.resolve("odd.safetensors"));
    TinySdxl tiny = TinySdxl.load();
    List<AdaptableLayer> modules =
        SdxlLayout.of("tiny", tiny.tensors(), ModelOptions.DEFAULT, tiny.headWidth())
            .modules()
            .changeable();
    try (LokrFile read = LokrFile.open(file)) {
      read.updates(modules, 1);
      return read.stored().values().iterator().next().alpha();
    }
  }

  private static TestFile file(String tensors) {
    int blank = tensors.indexOf(' ');
    String layer =
        switch (tensors.substring(0, blank)) {
          case "L" -> LINEAR;
          case "C" -> KERNEL;
          case "N" -> NORM;
          default -> tensors.substring(0, blank);
        };
    TestFile file = new TestFile();
    for (String tensor : tensors.substring(blank + 1).split("; ")) {
      String[] words = tensor.split(" ");
      long[] shape = Arrays.stream(words[1].split(",")).mapToLong(Long::parseLong).toArray();
      long count = Arrays.stream(shape).reduce(1, (one, two) -> one * two);
      file.put(layer + "." + words[0], Dtype.F32, shape, new float[(int) count]);
    }
    return file;
  }
}
