package io.kohaku.sdxl.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.RealSdxl;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conditioner.embedders.0.transformer.text_model.embeddings.position_embedding.weight | 50 | 32 | [77, 32]",
        "conditioner.embedders.1.model.positional_embedding | 78 | 48 | [77, 48]",
        "conditioner.embedders.1.model.text_projection | 48 | 40 | [48, 48]",
        "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight | 1000 | 32 | [1024, 32]",
        "conditioner.embedders.1.model.token_embedding.weight | 1023 | 48 | [1024, 48]",
        "model.diffusion_model.label_emb.0.0.weight | 128 | 1500 | [128, 1584]",
        "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight | 64 | 72 | [64, 80]"
      })
  void noTensorIsTheOnlyMeasureOfItself(String key, long rows, long columns, String right) {
    tensors.put(key, new long[] {rows, columns});
    assertThatThrownBy(() -> SdxlLayout.of("a", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load a: not the tensors of SDXL: 1 misshapen: %s [%s, %s] instead of %s"
                .formatted(key, rows, columns, right));
  }

  @Test
  void tokensMayBeAddedBehindClipsOwn() {
    TextSizes clips = new TextSizes(49408, 77, 768, 3072, 12, 64, 0);
    TextSizes more = new TextSizes(49500, 77, 768, 3072, 12, 64, 0);
    assertThat(clips.reading(more)).isEqualTo(clips);
    assertThat(more.reading(clips)).isEqualTo(more);
  }

  @Test
  void anAutoencoderOfThreeLevelsIsAnother() {
    tensors.keySet().removeIf(key -> key.matches("first_stage_model\\.encoder\\.down\\.3\\..*"));
    assertThatThrownBy(() -> SdxlLayout.of("a", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageEndingWith("its autoencoder makes one pixel of 4 along a side (SDXL's of 8)");
  }

  @Test
  void aCutModelIsToldByTheTensorsThatWouldTellTheSizes() {
    tensors.remove("model.diffusion_model.input_blocks.0.0.weight");
    tensors.keySet().removeIf(key -> key.startsWith("first_stage_model.encoder.down"));
    assertThatThrownBy(() -> SdxlLayout.of("b", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot load b: not a checkpoint of SDXL, its sizes cannot be read: ")
        .hasMessageContaining("model.diffusion_model.input_blocks.0.0.weight")
        .hasMessageContaining("first_stage_model.encoder.down.0.*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cond_stage_model.transformer.text_model.x | it is Stable Diffusion 1",
        "cond_stage_model.model.ln_final.bias | it is Stable Diffusion 2",
        "conditioner.embedders.0.model.ln_final.bias | it is the refiner of SDXL",
        "model.diffusion_model.double_blocks.0.img_mod.lin.bias | it is Flux",
        "double_blocks.0.img_mod.lin.bias | it is Flux",
        "model.diffusion_model.joint_blocks.0.x | it is Stable Diffusion 3",
        "control_model.zero_convs.0.0.bias | it is a ControlNet",
        "lora_unet_out_2.lora_down.weight | it is an adapter and no checkpoint",
        "unet.conv_in.lora_A.weight | it is an adapter and no checkpoint",
        "lora_unet_out_2.lokr_w1 | it is an adapter and no checkpoint",
        "model.diffusion_model.out.2.scale_weight | it is quantised, with scales",
        "model.diffusion_model.scaled_fp8 | it is quantised, with scales",
        "edm_vpred.sigma_max | it is a model of EDM's noise levels",
        "lora_unet_out_2.lokr_w1_a | it is an adapter and no checkpoint",
        "unet.a.processor.to_q_lora.down.weight | it is an adapter and no checkpoint",
        "clip_g | it is a textual inversion",
        "cap_embedder.1.weight | it is Lumina or Z-Image"
      })
  void otherNetworksAreToldByAName(String name, String what) {
    tensors.put(name, new long[] {1});
    assertThatThrownBy(() -> SdxlLayout.of("c", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot load c: not a checkpoint of SDXL: " + what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decoder.conv_in.bias | it is an autoencoder alone (name it by model.vae)",
        "first_stage_model.encoder.conv_in.bias | it is an autoencoder alone (name it by model.vae)",
        "down_blocks.0.resnets.0.conv1.bias | it is a U-Net alone, with Diffusers' names",
        "input_blocks.0.0.bias | it is a U-Net alone",
        "text_model.encoder.layers.0.mlp.fc1.bias | it is a text encoder alone",
        "anything | it has no U-Net"
      })
  void aPartOfAModelIsNamed(String name, String what) {
    Map<String, long[]> part = Map.of(name, new long[] {1});
    assertThatThrownBy(() -> SdxlLayout.of("c", part, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot load c: not a checkpoint of SDXL: " + what);
  }

  @ParameterizedTest
  @CsvSource({
    "conditioner.embedders.0.transformer.text_model.encoder.layers.11., 16",
    "conditioner.embedders.1.model.transformer.resblocks.31., 12"
  })
  void aTextEncoderWithoutItsLastLayerIsNotWhole(String layer, int tensorsOfOne) {
    Map<String, long[]> shapes = new LinkedHashMap<>(RealSdxl.shapes());
    assertThat(shapes.keySet().removeIf(key -> key.startsWith(layer))).isTrue();
    assertThatThrownBy(() -> SdxlLayout.of("d", shapes, ModelOptions.DEFAULT, 64))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot load d: not the tensors of SDXL: %s missing: %s"
                .formatted(tensorsOfOne, layer));
  }

  @ParameterizedTest
  @CsvSource({"9, an inpainting model", "8, a model that edits pictures", "5, another network"})
  void otherChannelsAreToldByTheFirstConvolution(long channels, String what) {
    tensors.put("model.diffusion_model.input_blocks.0.0.weight", new long[] {32, channels, 3, 3});
    assertThatThrownBy(() -> SdxlLayout.of("c", tensors, ModelOptions.DEFAULT, 16))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load c: not a checkpoint of SDXL: it is %s: its U-Net takes %s channels (SDXL's takes 4)"
                .formatted(what, channels));
  }

  @Test
  void tensorsBesideTheNetworksAreLeftAside() {
    List<String> others =
        List.of(
            "alphas_cumprod",
            "betas",
            "model_ema.decay",
            "model_ema.diffusion_modelinput_blocks00weight",
            "conditioner.embedders.0.transformer.text_model.embeddings.position_ids",
            "conditioner.embedders.0.transformer.text_projection.weight",
            "conditioner.embedders.1.model.text_projection.weight",
            "conditioner.embedders.1.model.logit_scale",
            "conditioner.embedders.1.model.attn_mask",
            "conditioner.embedders.1.model.transformer.text_model.embeddings.position_ids",
            "conditioner.embedders.0.transformer.text_model.encoder.position_ids",
            "first_stage_model.decoder.position_ids",
            "first_stage_model.loss.logvar",
            "denoiser.sigmas",
            "v_pred");
    others.forEach(name -> tensors.put(name, new long[] {2}));
    SdxlLayout layout = SdxlLayout.of("d", tensors, ModelOptions.DEFAULT, 16);
    assertThat(layout.aside(tensors.keySet())).containsExactlyElementsOf(others);
  }

  @Test
  void anAutoencoderMayLieElsewhereButNotInPieces() {
    SdxlLayout whole = SdxlLayout.of("e", tensors, ModelOptions.DEFAULT, 16);
    tensors.keySet().removeIf(key -> key.startsWith("first_stage_model."));
    SdxlLayout layout = SdxlLayout.of("e", tensors, ModelOptions.DEFAULT, 16);
    assertThat(layout.vaeSizes().isThere()).isFalse();
    assertThat(layout.encoder()).isEmpty();
    assertThat(layout.modules().layers()).hasSameSizeAs(whole.modules().layers());
    tensors.put("first_stage_model.decoder.conv_in.bias", new long[] {64});
    assertThatThrownBy(() -> SdxlLayout.of("e", tensors, ModelOptions.DEFAULT, 16))
        .hasMessageContaining("first_stage_model.encoder.down.0.*");
  }

  @Test
  void theEndOfATextIsKnownByItsIdWhateverWasAddedBehind() {
    assertThat(new TextSizes(49408, 77, 768, 3072, 12, 64, 0).endToken()).isEqualTo(49407);
    assertThat(new TextSizes(49500, 77, 768, 3072, 12, 64, 0).endToken()).isEqualTo(49407);
    assertThat(new TextSizes(1024, 77, 32, 64, 3, 16, 0).endToken()).isEqualTo(1023);
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
