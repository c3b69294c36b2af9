package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code conf/lycoris/delta.toml} on SDXL at its real size. */
final class DeltaPresetTest {
  private static final List<AdaptableLayer> SDXL =
      SdxlLayout.of("sdxl", RealSdxl.shapes(), ModelOptions.DEFAULT, 64).modules().layers();

  private final List<LokrLayer> layers =
      AdaptedModule.layers(
          LayerSelection.select(
              PresetFile.load("conf/lycoris/delta.toml"), NetworkOptions.fullMatrix(8), SDXL));

  @Test
  void adaptsTheLayersOfTheReference() {
    Set<String> names = layers.stream().map(LokrLayer::name).collect(Collectors.toSet());
    assertThat(names).hasSize(1052).hasSameSizeAs(layers);
    assertThat(layers.stream().filter(layer -> layer.name().startsWith("lora_te1_"))).hasSize(72);
    assertThat(layers.stream().filter(layer -> layer.name().startsWith("lora_te2_"))).hasSize(192);
    assertThat(layers.stream().filter(layer -> layer.name().startsWith("lora_unet_"))).hasSize(788);
    assertThat(names)
        .contains(
            "lora_te1_text_model_encoder_layers_0_self_attn_k_proj",
            "lora_te2_text_model_encoder_layers_31_self_attn_out_proj",
            "lora_unet_input_blocks_1_0_in_layers_2",
            "lora_unet_input_blocks_1_0_emb_layers_1",
            "lora_unet_input_blocks_4_0_out_layers_3",
            "lora_unet_output_blocks_0_0_skip_connection",
            "lora_unet_input_blocks_3_0_op",
            "lora_unet_output_blocks_2_2_conv",
            "lora_unet_input_blocks_7_1_transformer_blocks_9_attn1_to_out_0",
            "lora_unet_output_blocks_5_1_transformer_blocks_1_attn2_to_v",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_ff_net_0_proj",
            "lora_unet_middle_block_1_transformer_blocks_0_ff_net_2");
  }

  @Test
  void adaptsTheSameLayersAsFull() {
    List<LokrLayer> full =
        AdaptedModule.layers(
            LayerSelection.select(PresetFile.load("full"), NetworkOptions.fullMatrix(8), SDXL));
    assertThat(layers)
        .extracting(LokrLayer::name)
        .containsExactlyElementsOf(full.stream().map(LokrLayer::name).toList());
    long elements = full.stream().mapToLong(layer -> layer.shape().weight().size()).sum();
    assertThat(elements).isEqualTo(3_272_646_656L);
  }

  @Test
  void staysBelowTheSizeOfTheCardInHalfPrecision() throws IOException {
    // Large blocks 767,819,008, small blocks 64,096, alphas 2,104.
    assertThat(dataBytes(layers)).isEqualTo(767_885_208L);
    assertThat(fileBytes(layers)).isBetween(767_885_208L, 768_500_000L).isLessThan(800_000_000L);
  }

  @Test
  void givesEachKindOfModuleItsFactor() {
    Map<String, Set<Integer>> factors = new TreeMap<>();
    for (LokrLayer layer : layers) {
      String kind =
          layer.layer().enclosing().stream()
              .map(AdaptableLayer.Enclosing::className)
              .filter(Set.of("CrossAttention", "FeedForward", "ResnetBlock2D", "CLIPMLP")::contains)
              .findFirst()
              .orElse("others");
      factors.computeIfAbsent(kind, k -> new HashSet<>()).add(layer.shape().l());
    }
    assertThat(factors)
        .isEqualTo(
            Map.of(
                "CrossAttention", Set.of(4),
                "FeedForward", Set.of(2),
                "ResnetBlock2D", Set.of(8),
                "CLIPMLP", Set.of(8),
                "others", Set.of(8)));
  }

  /** Two bytes for each element and for each alpha. */
  private static long dataBytes(List<LokrLayer> layers) {
    long elements =
        layers.stream()
            .flatMap(layer -> layer.shape().parameters().stream())
            .mapToLong(ParameterSpec::size)
            .sum();
    return 2 * (elements + layers.size());
  }

  /** Length of a file of zeros with these tensors. */
  private static long fileBytes(List<LokrLayer> layers) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (LokrLayer layer : layers) {
      tensors.add(zeros(layer.name() + ".alpha", new Shape()));
      for (ParameterSpec parameter : layer.shape().parameters()) {
        tensors.add(zeros(layer.name() + "." + parameter.suffix(), parameter.shape()));
      }
    }
    LengthOnly length = new LengthOnly();
    SafeTensorsWriter.write(length, Map.of(), tensors);
    return length.bytes;
  }

  private static TensorSource zeros(String name, Shape shape) {
    int bytes = Math.toIntExact(2 * shape.size());
    return new TensorSource(
        name, Dtype.F16, shape.getShape(), out -> out.write(ByteBuffer.allocate(bytes)));
  }

  private static final class LengthOnly implements WritableByteChannel {
    private long bytes;

    @Override
    public int write(ByteBuffer source) {
      int count = source.remaining();
      bytes += count;
      source.position(source.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
