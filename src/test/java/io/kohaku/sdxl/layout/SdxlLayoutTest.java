package io.kohaku.sdxl.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.RealSdxl;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SdxlLayoutTest {
  private final TinySdxl tiny = TinySdxl.load();
  private final Map<String, long[]> tensors = new LinkedHashMap<>(tiny.tensors());

  @Test
  void theSizesAreReadFromTheTensors() {
    SdxlLayout layout = SdxlLayout.of("tiny", tensors, ModelOptions.DEFAULT, 16);
    assertThat(layout.unetSizes())
        .isEqualTo(new UNetSizes(4, 4, 32, 80, 1584, List.of(0, 1, 2), 16));
    assertThat(layout.firstSizes()).isEqualTo(new TextSizes(1024, 77, 32, 64, 3, 16, 0));
    assertThat(layout.secondSizes()).isEqualTo(new TextSizes(1024, 77, 48, 96, 3, 16, 48));
    assertThat(layout.vaeSizes()).isEqualTo(new VaeSizes(List.of(32L, 32L, 64L, 64L), 1, 4));
  }

  @Test
  void theRealModelHasThePublishedCounts() {
    Map<String, long[]> shapes = RealSdxl.shapes();
    SdxlLayout.of("real", shapes, ModelOptions.DEFAULT, 64);
    assertThat(count(shapes, Network.UNET)).containsExactly(1680, 2_567_463_684L);
    assertThat(count(shapes, Network.TE1)).containsExactly(196, 123_060_480);
    assertThat(count(shapes, Network.TE2)).containsExactly(390, 694_659_841);
    assertThat(count(shapes, Network.VAE)).containsExactly(248, 83_653_863);
  }

  @Test
  void everyWrongTensorIsNamedAtOnce() {
    tensors.remove("model.diffusion_model.out.0.bias");
    tensors.remove("first_stage_model.quant_conv.bias");
    tensors.put("model.diffusion_model.middle_block.0.in_layers.2.weight", new long[] {1, 2});
    tensors.put("model.diffusion_model.out.3.bias", new long[] {4});
    tensors.put("conditioner.embedders.1.model.logit_scale", new long[0]);
    assertThatThrownBy(() -> SdxlLayout.of("a.safetensors", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot load a.safetensors: not the tensors of SDXL:"
                + " 2 missing: model.diffusion_model.out.0.bias, first_stage_model.quant_conv.bias;"
                + " 1 misshapen: model.diffusion_model.middle_block.0.in_layers.2.weight [1, 2]"
                + " instead of [128, 128, 3, 3];"
                + " 1 unexpected: model.diffusion_model.out.3.bias");
  }

  @Test
  void anotherModelIsToldByTheTensorsThatWouldTellTheSizes() {
    assertThatThrownBy(
            () -> SdxlLayout.of("b", Map.of("x", new long[] {1}), ModelOptions.DEFAULT, 64))
        .hasMessageStartingWith(
            "Cannot load b: not a checkpoint of SDXL, its sizes cannot be read: ")
        .hasMessageContaining("model.diffusion_model.input_blocks.0.0.weight")
        .hasMessageContaining("first_stage_model.encoder.down.0.*");
  }

  @Test
  void aHeadWidthThatDoesNotDivideTheWidthsIsRefused() {
    assertThatThrownBy(() -> SdxlLayout.of("tiny", tensors, ModelOptions.DEFAULT, 24))
        .hasMessage(
            "Invalid head width: 24 (must divide 64, a width of tiny; set it to the model's own)");
  }

  private static long[] count(Map<String, long[]> shapes, Network network) {
    long[] tensorsAndElements = new long[2];
    shapes.forEach(
        (key, shape) -> {
          if (key.startsWith(network.prefix())) {
            tensorsAndElements[0]++;
            tensorsAndElements[1] += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
          }
        });
    return tensorsAndElements;
  }
}
