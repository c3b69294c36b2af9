package io.kohaku.sdxl.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The segments of the autoencoder's two halves, each in the order in which it runs. */
public final class VaePlan {
  private final VaeSizes sizes;
  private final List<SegmentPlan> segments = new ArrayList<>();

  private VaePlan(VaeSizes sizes) {
    this.sizes = sizes;
  }

  /** Pixels to the moments of the latents. */
  public static List<SegmentPlan> encoder(VaeSizes sizes) {
    VaePlan plan = new VaePlan(sizes);
    long current = sizes.channels().get(0);
    plan.convolution("encoder.conv_in", current, 3, 3);
    for (int level = 0; level < sizes.channels().size(); level++) {
      String down = "encoder.down." + level;
      for (int i = 0; i < sizes.residuals(); i++) {
        plan.residual(down + ".block." + i, current, sizes.channels().get(level));
        current = sizes.channels().get(level);
      }
      if (level < sizes.channels().size() - 1) {
        plan.sampler(down + ".downsample", Kernel.VAE_DOWN, current);
      }
    }
    plan.middle("encoder.mid", current);
    long moments = 2 * sizes.latentChannels();
    plan.head("encoder", current, moments);
    plan.convolution("quant_conv", moments, moments, 1);
    return List.copyOf(plan.segments);
  }

  /** Latents to pixels. */
  public static List<SegmentPlan> decoder(VaeSizes sizes) {
    VaePlan plan = new VaePlan(sizes);
    int top = sizes.channels().size() - 1;
    long current = sizes.channels().get(top);
    plan.convolution("post_quant_conv", sizes.latentChannels(), sizes.latentChannels(), 1);
    plan.convolution("decoder.conv_in", current, sizes.latentChannels(), 3);
    plan.middle("decoder.mid", current);
    for (int level = top; level >= 0; level--) {
      String up = "decoder.up." + level;
      for (int i = 0; i <= sizes.residuals(); i++) {
        plan.residual(up + ".block." + i, current, sizes.channels().get(level));
        current = sizes.channels().get(level);
      }
      if (level > 0) {
        plan.sampler(up + ".upsample", Kernel.VAE_UP, current);
      }
    }
    plan.head("decoder", current, 3);
    return List.copyOf(plan.segments);
  }

  private void middle(String path, long channels) {
    residual(path + ".block_1", channels, channels);
    String attention = path + ".attn_1";
    add(
        attention,
        Kernel.VAE_ATTENTION,
        weights(attention)
            .norm("norm", channels)
            .convolution("q", channels, channels, 1)
            .convolution("k", channels, channels, 1)
            .convolution("v", channels, channels, 1)
            .convolution("proj_out", channels, channels, 1));
    residual(path + ".block_2", channels, channels);
  }

  private void residual(String path, long in, long out) {
    WeightList weights =
        weights(path)
            .norm("norm1", in)
            .convolution("conv1", out, in, 3)
            .norm("norm2", out)
            .convolution("conv2", out, out, 3);
    if (in != out) {
      weights.convolution("nin_shortcut", out, in, 1);
    }
    add(path, Kernel.VAE_RESIDUAL, weights);
  }

  private void sampler(String path, Kernel kernel, long channels) {
    add(path, kernel, weights(path).convolution("conv", channels, channels, 3));
  }

  private void head(String path, long in, long out) {
    add(
        path,
        Kernel.VAE_HEAD,
        weights(path).norm("norm_out", in).convolution("conv_out", out, in, 3));
  }

  /** A convolution that is a segment by itself: its weights have no layer's name before them. */
  private void convolution(String path, long out, long in, long kernel) {
    String prefix = Network.VAE.prefix() + path + ".";
    List<Weight> weights =
        List.of(
            new Weight("weight", prefix + "weight", out, in, kernel, kernel),
            new Weight("bias", prefix + "bias", out));
    segments.add(new SegmentPlan(path, Kernel.VAE_CONVOLUTION, weights, Map.of()));
  }

  private static WeightList weights(String path) {
    return new WeightList(Network.VAE.prefix() + path + ".");
  }

  private void add(String path, Kernel kernel, WeightList weights) {
    segments.add(new SegmentPlan(path, kernel, weights.list(), Map.of()));
  }
}
