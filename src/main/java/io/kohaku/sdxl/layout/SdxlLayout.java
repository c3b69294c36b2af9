package io.kohaku.sdxl.layout;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The four networks as a checkpoint's tensors tell them: their sizes, segments, and which tensors
 * there must be.
 */
public final class SdxlLayout {
  private final UNetSizes unetSizes;
  private final TextSizes firstSizes;
  private final TextSizes secondSizes;
  private final VaeSizes vaeSizes;
  private final List<SegmentPlan> unet;
  private final List<SegmentPlan> first;
  private final List<SegmentPlan> second;
  private final List<SegmentPlan> encoder;
  private final List<SegmentPlan> decoder;

  private SdxlLayout(TensorShapes shapes, ModelOptions options, long headWidth) {
    this.unetSizes = UNetSizes.read(shapes, headWidth);
    this.firstSizes = TextSizes.first(shapes, headWidth);
    this.secondSizes = TextSizes.second(shapes, headWidth);
    this.vaeSizes = VaeSizes.read(shapes);
    this.unet = UNetPlan.of(unetSizes, options.timesteps());
    this.first = TextPlan.first(firstSizes);
    this.second = TextPlan.second(secondSizes, options.pooledProjection());
    this.encoder = VaePlan.encoder(vaeSizes);
    this.decoder = VaePlan.decoder(vaeSizes);
  }

  /**
   * The layout that tensors of these shapes make up.
   *
   * @param name what errors call the checkpoint
   * @param shapes shape of each tensor by its key in a single-file checkpoint
   * @param headWidth channels of one attention head
   * @throws IllegalArgumentException naming every tensor that is missing, unexpected or misshapen
   */
  public static SdxlLayout of(
      String name, Map<String, long[]> shapes, ModelOptions options, long headWidth) {
    TensorShapes asked = new TensorShapes(shapes);
    SdxlLayout layout = new SdxlLayout(asked, options, headWidth);
    if (!asked.missing().isEmpty()) {
      throw LayoutCheck.sizesMissing(name, asked.missing());
    }
    LayoutCheck.require(name, layout.expected(), shapes);
    LayoutCheck.requireHeads(name, layout);
    return layout;
  }

  /** Shape of every tensor of this layout by its key in a single-file checkpoint. */
  public Map<String, long[]> expected() {
    Map<String, long[]> expected = new LinkedHashMap<>();
    Stream.of(first, second, unet, encoder, decoder)
        .flatMap(List::stream)
        .flatMap(segment -> segment.weights().stream())
        .forEach(weight -> expected.put(weight.key(), weight.keyShape()));
    return expected;
  }

  /** Every layer that an adapter may be put on. */
  public ModuleRegistry modules() {
    return ModuleRegistry.of(this);
  }

  /** The sizes of the U-Net. */
  public UNetSizes unetSizes() {
    return unetSizes;
  }

  /** The sizes of the first text encoder. */
  TextSizes firstSizes() {
    return firstSizes;
  }

  /** The sizes of the second text encoder. */
  TextSizes secondSizes() {
    return secondSizes;
  }

  /** The sizes of the autoencoder. */
  public VaeSizes vaeSizes() {
    return vaeSizes;
  }

  public List<SegmentPlan> unet() {
    return unet;
  }

  public List<SegmentPlan> first() {
    return first;
  }

  public List<SegmentPlan> second() {
    return second;
  }

  public List<SegmentPlan> encoder() {
    return encoder;
  }

  public List<SegmentPlan> decoder() {
    return decoder;
  }
}
