package io.kohaku.sdxl.layout;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The four networks as a checkpoint's tensors tell them: their sizes, segments, and which tensors
 * there must be.
 *
 * @param unetSizes of the U-Net
 * @param firstSizes of the first text encoder
 * @param secondSizes of the second text encoder
 * @param vaeSizes of the autoencoder
 * @param unet the U-Net's segments
 * @param first those of the first text encoder
 * @param second those of the second text encoder
 * @param encoder those from pictures to latents
 * @param decoder those from latents to pictures
 */
public record SdxlLayout(
    UNetSizes unetSizes,
    TextSizes firstSizes,
    TextSizes secondSizes,
    VaeSizes vaeSizes,
    List<SegmentPlan> unet,
    List<SegmentPlan> first,
    List<SegmentPlan> second,
    List<SegmentPlan> encoder,
    List<SegmentPlan> decoder) {
  /**
   * The layout that tensors of these shapes make up. There may be no autoencoder, which is then
   * named apart or not needed; other tensors beside those of the networks do not matter.
   *
   * @param name what errors call the checkpoint
   * @param shapes shape of each tensor by its key in a single-file checkpoint
   * @param headWidth channels of one attention head
   * @throws io.kohaku.input.UnusableFileException naming every tensor that is missing, unexpected
   *     or misshapen, or what the file is instead
   */
  public static SdxlLayout of(
      String name, Map<String, long[]> shapes, ModelOptions options, long headWidth) {
    OtherNetwork.of(shapes)
        .ifPresent(
            what -> {
              throw LayoutCheck.another(name, what);
            });
    TensorShapes asked = new TensorShapes(shapes);
    TextSizes ownFirst = TextSizes.first(asked, headWidth);
    TextSizes ownSecond = TextSizes.second(asked, headWidth);
    TextSizes first = ownFirst.reading(ownSecond);
    TextSizes second = ownSecond.reading(ownFirst);
    UNetSizes unet = UNetSizes.read(asked, first, second);
    VaeSizes vae = VaeSizes.isIn(shapes) ? VaeSizes.read(asked) : VaeSizes.NONE;
    SdxlLayout layout =
        new SdxlLayout(
            unet,
            first,
            second,
            vae,
            UNetPlan.of(unet, options.timesteps()),
            TextPlan.first(first),
            TextPlan.second(second, options.pooledProjection()),
            vae.isThere() ? VaePlan.encoder(vae) : List.of(),
            vae.isThere() ? VaePlan.decoder(vae) : List.of());
    if (!asked.missing().isEmpty()) {
      throw LayoutCheck.sizesMissing(name, asked.missing());
    }
    OtherNetwork.of(unet, vae)
        .ifPresent(
            what -> {
              throw LayoutCheck.another(name, what);
            });
    LayoutCheck.require(name, layout.expected(), shapes);
    LayoutCheck.requireHeads(name, layout);
    return layout;
  }

  /**
   * Refuses tensors that are of another network for sure; they may be of a part of SDXL.
   *
   * @param name what errors call the file
   * @param shapes shape of each tensor by its key in a single-file checkpoint
   * @throws io.kohaku.input.UnusableFileException saying what the file is instead
   */
  public static void refuseOther(String name, Map<String, long[]> shapes) {
    OtherNetwork.ofPart(shapes)
        .ifPresent(
            what -> {
              throw LayoutCheck.another(name, what);
            });
  }

  /**
   * What tensors of these names and shapes seem to be instead of a whole checkpoint of SDXL, if
   * that can be told.
   */
  public static Optional<String> instead(Map<String, long[]> shapes) {
    return OtherNetwork.of(shapes);
  }

  /** Whether any of these names is of a network of SDXL, or of one that lies alone in a file. */
  public static boolean isPart(Collection<String> names) {
    return names.stream().anyMatch(OtherNetwork::isPart);
  }

  /**
   * Whether no network reads a tensor of this name, so that files with and without it are alike.
   */
  public static boolean isUnread(String name) {
    return LayoutCheck.isUnread(name);
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

  /** The tensors of these names that no network of this layout reads. */
  public List<String> aside(Collection<String> names) {
    Set<String> expected = expected().keySet();
    return names.stream().filter(name -> !expected.contains(name)).toList();
  }

  /** Every layer that an adapter may be put on. */
  public ModuleRegistry modules() {
    return ModuleRegistry.of(this);
  }
}
