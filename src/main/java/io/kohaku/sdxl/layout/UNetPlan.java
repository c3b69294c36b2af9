package io.kohaku.sdxl.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The segments of SDXL's U-Net in the order in which the reference defines its modules.
 *
 * <p>Three levels with two residual blocks each on the way down, a middle, and three blocks a level
 * on the way up, each of which reads the output of an encoder's block.
 */
public final class UNetPlan {
  private static final int[] MULTIPLES = {1, 2, 4};

  private final UNetSizes sizes;
  private final Timesteps timesteps;
  private final List<SegmentPlan> segments = new ArrayList<>();

  private UNetPlan(UNetSizes sizes, Timesteps timesteps) {
    this.sizes = sizes;
    this.timesteps = timesteps;
  }

  public static List<SegmentPlan> of(UNetSizes sizes, Timesteps timesteps) {
    UNetPlan plan = new UNetPlan(sizes, timesteps);
    plan.embeddings();
    List<Long> skips = plan.encoder();
    plan.middle();
    plan.decoder(skips);
    plan.add(
        "out",
        Kernel.UNET_HEAD,
        plan.weights("out")
            .norm("0", sizes.channels())
            .convolution("2", sizes.outputChannels(), sizes.channels(), 3));
    return List.copyOf(plan.segments);
  }

  private void embeddings() {
    long half = sizes.channels() / 2;
    Map<String, Double> constants =
        Map.of("half", (double) half, "divisor", (double) timesteps.divisor(half));
    WeightList time = weights("");
    time.linear("time_embed.0", sizes.embeddingWidth(), sizes.channels());
    time.linear("time_embed.2", sizes.embeddingWidth(), sizes.embeddingWidth());
    segments.add(new SegmentPlan("", Kernel.TIME_EMBEDDING, time.list(), constants));
    WeightList label = weights("");
    label.linear("label_emb.0.0", sizes.embeddingWidth(), sizes.vectorWidth());
    label.linear("label_emb.0.2", sizes.embeddingWidth(), sizes.embeddingWidth());
    add("", Kernel.LABEL_EMBEDDING, label);
  }

  /** The blocks on the way down; the channels of what each hands to the decoder. */
  private List<Long> encoder() {
    List<Long> skips = new ArrayList<>();
    WeightList first = weights("input_blocks.0");
    add(
        "input_blocks.0",
        Kernel.IMAGE_IN,
        first.convolution("0", sizes.channels(), sizes.inputChannels(), 3));
    skips.add(sizes.channels());
    for (int level = 0; level < MULTIPLES.length; level++) {
      for (int i = 0; i < 2; i++) {
        String block = "input_blocks." + skips.size();
        residual(block + ".0", Kernel.RESIDUAL, skips.get(skips.size() - 1), channels(level));
        transformer(block + ".1", level);
        skips.add(channels(level));
      }
      if (level < MULTIPLES.length - 1) {
        String path = "input_blocks." + skips.size() + ".0";
        add(
            path,
            Kernel.DOWNSAMPLE,
            weights(path).convolution("op", channels(level), channels(level), 3));
        skips.add(channels(level));
      }
    }
    return skips;
  }

  private void middle() {
    int level = MULTIPLES.length - 1;
    residual("middle_block.0", Kernel.RESIDUAL, channels(level), channels(level));
    transformer("middle_block.1", level);
    residual("middle_block.2", Kernel.RESIDUAL, channels(level), channels(level));
  }

  private void decoder(List<Long> skips) {
    long current = channels(MULTIPLES.length - 1);
    int index = 0;
    for (int level = MULTIPLES.length - 1; level >= 0; level--) {
      for (int i = 0; i < 3; i++) {
        String block = "output_blocks." + index;
        long joined = current + skips.get(skips.size() - 1 - index);
        residual(block + ".0", Kernel.JOINED_RESIDUAL, joined, channels(level));
        transformer(block + ".1", level);
        current = channels(level);
        index++;
        if (i == 2 && level > 0) {
          String path = block + ".2";
          add(path, Kernel.UPSAMPLE, weights(path).convolution("conv", current, current, 3));
        }
      }
    }
  }

  private void residual(String path, Kernel kernel, long in, long out) {
    WeightList weights =
        weights(path)
            .norm("in_layers.0", in)
            .convolution("in_layers.2", out, in, 3)
            .linear("emb_layers.1", out, sizes.embeddingWidth())
            .norm("out_layers.0", out)
            .convolution("out_layers.3", out, out, 3);
    if (in != out) {
      weights.convolution("skip_connection", out, in, 1);
    }
    add(path, kernel, weights);
  }

  private void transformer(String path, int level) {
    int depth = sizes.depths().get(level);
    if (depth == 0) {
      return;
    }
    long width = channels(level);
    add(
        path,
        Kernel.TRANSFORMER_IN,
        weights(path).norm("norm", width).linear("proj_in", width, width));
    Map<String, Double> constants = Map.of("heads", (double) (width / sizes.headWidth()));
    for (int i = 0; i < depth; i++) {
      String block = path + ".transformer_blocks." + i;
      segments.add(
          new SegmentPlan(block, Kernel.TRANSFORMER_BLOCK, block(block, width), constants));
    }
    add(path, Kernel.TRANSFORMER_OUT, weights(path).linear("proj_out", width, width));
  }

  private List<Weight> block(String path, long width) {
    return weights(path)
        .matrix("attn1.to_q", width, width)
        .matrix("attn1.to_k", width, width)
        .matrix("attn1.to_v", width, width)
        .linear("attn1.to_out.0", width, width)
        .linear("ff.net.0.proj", 8 * width, width)
        .linear("ff.net.2", width, 4 * width)
        .matrix("attn2.to_q", width, width)
        .matrix("attn2.to_k", width, sizes.contextWidth())
        .matrix("attn2.to_v", width, sizes.contextWidth())
        .linear("attn2.to_out.0", width, width)
        .norm("norm1", width)
        .norm("norm2", width)
        .norm("norm3", width)
        .list();
  }

  private long channels(int level) {
    return MULTIPLES[level] * sizes.channels();
  }

  private WeightList weights(String path) {
    return new WeightList(Network.UNET.prefix() + (path.isEmpty() ? "" : path + "."));
  }

  private void add(String path, Kernel kernel, WeightList weights) {
    segments.add(new SegmentPlan(path, kernel, weights.list(), Map.of()));
  }
}
