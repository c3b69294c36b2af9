package io.kohaku.sdxl.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sizes of the autoencoder.
 *
 * @param channels channels by level, full resolution first
 * @param residuals residual blocks per level of the encoder; the decoder has one more
 * @param latentChannels channels of the latents
 */
public record VaeSizes(List<Long> channels, int residuals, long latentChannels) {
  /** Channels of SDXL's latents. */
  public static final int LATENT_CHANNELS = 4;

  /** Pixels along one side of a latent's pixel. */
  public static final int REDUCTION = 8;

  /** Of a checkpoint without an autoencoder. */
  static final VaeSizes NONE = new VaeSizes(List.of(), 0, 0);

  /** Copies the list. */
  public VaeSizes {
    channels = List.copyOf(channels);
  }

  /** Whether any of these tensors is of an autoencoder. */
  static boolean isIn(Map<String, long[]> shapes) {
    return shapes.keySet().stream()
        .anyMatch(
            key ->
                key.startsWith(Network.VAE.prefix() + "encoder.")
                    || key.startsWith(Network.VAE.prefix() + "decoder."));
  }

  /** Whether there is an autoencoder. */
  public boolean isThere() {
    return !channels.isEmpty();
  }

  /** Pixels along one side of a latent's pixel: each level but the last halves them. */
  long reduction() {
    return 1L << (channels.size() - 1);
  }

  static VaeSizes read(TensorShapes shapes) {
    String prefix = Network.VAE.prefix();
    int levels = Math.max(1, shapes.count(prefix + "encoder.down"));
    List<Long> channels = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      channels.add(shapes.dimension(prefix + "encoder.down." + level + ".block.0.conv1.weight", 0));
    }
    return new VaeSizes(
        channels,
        shapes.count(prefix + "encoder.down.0.block"),
        shapes.dimension(prefix + "decoder.conv_in.weight", 1));
  }
}
