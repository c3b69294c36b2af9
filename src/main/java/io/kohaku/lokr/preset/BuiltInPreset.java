package io.kohaku.lokr.preset;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The presets that LyCORIS brings along, with the module classes of SDXL.
 *
 * <p>The names {@code conv_in}, {@code time_embedding.linear_1} and so on belong to another naming
 * of the same U-Net and match nothing here, as in the reference.
 */
public enum BuiltInPreset {
  FULL("full", true, Lists.BLOCKS, Lists.ENDS, Lists.TEXT, List.of()),
  FULL_LIN("full-lin", false, Lists.LINEAR_BLOCKS, Lists.TIME, Lists.TEXT, List.of()),
  ATTN_MLP("attn-mlp", false, Lists.TRANSFORMER, List.of(), Lists.TEXT, List.of()),
  ATTN_ONLY(
      "attn-only", false, List.of("CrossAttention"), List.of(), Lists.TEXT_ATTENTION, List.of()),
  UNET_ONLY("unet-only", true, Lists.BLOCKS, Lists.ENDS, List.of(), List.of()),
  UNET_TRANSFORMER_ONLY(
      "unet-transformer-only", false, Lists.TRANSFORMER, List.of(), List.of(), List.of()),
  UNET_CONVBLOCK_ONLY(
      "unet-convblock-only", true, Lists.CONVOLUTIONS, Lists.IMAGE, List.of(), List.of()),
  IA3(
      "ia3",
      false,
      List.of(),
      List.of("to_k", "to_v", "ff.net.2"),
      List.of(),
      List.of("k_proj", "v_proj", "mlp.fc2"));

  private final String key;
  private final Preset preset;

  BuiltInPreset(
      String key,
      boolean convolutions,
      List<String> unetModules,
      List<String> unetNames,
      List<String> textModules,
      List<String> textNames) {
    this.key = key;
    this.preset =
        new Preset(
            convolutions,
            unetModules,
            unetNames,
            textModules,
            textNames,
            Map.of(),
            Map.of(),
            false);
  }

  /** The name by which settings choose it. */
  String key() {
    return key;
  }

  /** What it says. */
  public Preset preset() {
    return preset;
  }

  /** The one that settings choose by this name, if there is one. */
  public static Optional<BuiltInPreset> ofKey(String key) {
    return Arrays.stream(values()).filter(preset -> preset.key.equals(key)).findFirst();
  }

  private static final class Lists {
    private static final List<String> TRANSFORMER = List.of("Transformer2DModel");
    private static final List<String> LINEAR_BLOCKS =
        List.of("Transformer2DModel", "ResnetBlock2D");
    private static final List<String> CONVOLUTIONS =
        List.of("ResnetBlock2D", "Downsample2D", "Upsample2D");
    private static final List<String> BLOCKS =
        List.of("Transformer2DModel", "ResnetBlock2D", "Downsample2D", "Upsample2D");
    private static final List<String> TIME =
        List.of("time_embedding.linear_1", "time_embedding.linear_2");
    private static final List<String> IMAGE = List.of("conv_in", "conv_out");
    private static final List<String> ENDS =
        List.of("conv_in", "conv_out", "time_embedding.linear_1", "time_embedding.linear_2");
    private static final List<String> TEXT_ATTENTION = List.of("CLIPAttention");
    private static final List<String> TEXT = List.of("CLIPAttention", "CLIPMLP");

    private Lists() {}
  }
}
