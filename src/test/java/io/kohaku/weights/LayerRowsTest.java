package io.kohaku.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerRowsTest {
  private static AdaptableLayer layer(Network network, String path, long... shape) {
    List<Long> dimensions = new ArrayList<>();
    for (long dimension : shape) {
      dimensions.add(dimension);
    }
    return new AdaptableLayer(network, path, List.of(), dimensions);
  }

  @Test
  void namesTheTensorsOfRealCheckpoints() {
    assertThat(
            LayerRows.of(
                layer(
                    Network.UNET,
                    "input_blocks.7.1.transformer_blocks.9.attn1.to_out.0",
                    1280,
                    1280)))
        .isEqualTo(
            new LayerRows(
                "model.diffusion_model.input_blocks.7.1.transformer_blocks.9.attn1.to_out.0.weight",
                0,
                1280));
    assertThat(LayerRows.of(layer(Network.TE1, "text_model.encoder.layers.11.mlp.fc1", 3072, 768)))
        .isEqualTo(
            new LayerRows(
                "conditioner.embedders.0.transformer.text_model.encoder.layers.11.mlp.fc1.weight",
                0,
                3072));
  }

  @Test
  void findsTheThirdsOfTheFusedProjection() {
    String prefix = "conditioner.embedders.1.model.transformer.resblocks.31.";
    String path = "text_model.encoder.layers.31.";
    Map<String, LayerRows> expected =
        Map.of(
            "self_attn.q_proj", new LayerRows(prefix + "attn.in_proj_weight", 0, 1280),
            "self_attn.k_proj", new LayerRows(prefix + "attn.in_proj_weight", 1280, 1280),
            "self_attn.v_proj", new LayerRows(prefix + "attn.in_proj_weight", 2560, 1280),
            "self_attn.out_proj", new LayerRows(prefix + "attn.out_proj.weight", 0, 1280),
            "mlp.fc2", new LayerRows(prefix + "mlp.c_proj.weight", 0, 1280));
    expected.forEach(
        (name, rows) ->
            assertThat(LayerRows.of(layer(Network.TE2, path + name, 1280, 1280))).isEqualTo(rows));
    assertThat(LayerRows.of(layer(Network.TE2, path + "mlp.fc1", 5120, 1280)))
        .isEqualTo(new LayerRows(prefix + "mlp.c_fc.weight", 0, 5120));
  }

  @Test
  void everyLayerHasItsOwnRowsOfATensorThatIsThere() {
    Map<String, long[]> tensors = TinySdxl.load().tensors();
    Map<String, Long> taken = new HashMap<>();
    for (AdaptableLayer layer :
        SdxlLayout.of("tiny", tensors, ModelOptions.DEFAULT, TinySdxl.load().headWidth())
            .modules()
            .layers()) {
      LayerRows rows = LayerRows.of(layer);
      assertThat(tensors).containsKey(rows.key());
      assertThat(rows.first() + rows.count()).isLessThanOrEqualTo(tensors.get(rows.key())[0]);
      assertThat(taken.put(rows.key() + rows.first(), rows.count())).isNull();
    }
    assertThat(taken).hasSizeGreaterThan(290);
  }

  @Test
  void anUnknownLayerOfTheSecondEncoderIsNamed() {
    assertThatThrownBy(
            () ->
                LayerRows.of(
                    layer(Network.TE2, "text_model.encoder.layers.0.self_attn.gate", 8, 8)))
        .hasMessage("Unknown layer: text_model.encoder.layers.0.self_attn.gate of TE2");
  }
}
