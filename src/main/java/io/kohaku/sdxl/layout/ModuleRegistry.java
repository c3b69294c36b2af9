package io.kohaku.sdxl.layout;

import io.kohaku.sdxl.layout.AdaptableLayer.Enclosing;
import java.util.ArrayList;
import java.util.List;

/**
 * Every layer that an adapter may be put on, in the reference's walking order: text encoder 1, text
 * encoder 2, U-Net, and within each the order in which its modules define their layers.
 *
 * <p>Norms, embeddings and the pooled projection are no such layers.
 *
 * @param layers the layers in walking order
 */
public record ModuleRegistry(List<AdaptableLayer> layers) {
  /** Copies the list. */
  public ModuleRegistry {
    layers = List.copyOf(layers);
  }

  /** The layers of networks of these sizes. */
  static ModuleRegistry of(SdxlLayout layout) {
    List<AdaptableLayer> layers = new ArrayList<>();
    layout.first().forEach(segment -> textLayers(layers, segment, Network.TE1));
    layout.second().forEach(segment -> textLayers(layers, segment, Network.TE2));
    for (SegmentPlan segment : layout.unet()) {
      addAll(layers, Network.UNET, segment);
    }
    return new ModuleRegistry(layers);
  }

  /** The layers of one network. */
  public List<AdaptableLayer> layers(Network network) {
    return layers.stream().filter(layer -> layer.network() == network).toList();
  }

  private static void textLayers(
      List<AdaptableLayer> layers, SegmentPlan segment, Network network) {
    if (segment.kernel() == Kernel.TEXT_LAYER) {
      addAll(layers, network, segment);
    }
  }

  private static void addAll(List<AdaptableLayer> layers, Network network, SegmentPlan segment) {
    for (Weight weight : segment.weights()) {
      if (weight.isMatrix()) {
        String name = weight.name().substring(0, weight.name().lastIndexOf('.'));
        List<Long> shape = new ArrayList<>();
        for (long dimension : weight.shape()) {
          shape.add(dimension);
        }
        layers.add(
            new AdaptableLayer(
                network,
                segment.absolute(name),
                network == Network.UNET
                    ? aroundUnet(segment, name)
                    : aroundText(network, segment, name),
                shape));
      }
    }
  }

  private static List<Enclosing> aroundUnet(SegmentPlan segment, String name) {
    String path = segment.path();
    List<Enclosing> around = new ArrayList<>();
    around.add(new Enclosing("SdxlUNet2DConditionModel", ""));
    switch (segment.kernel()) {
      case RESIDUAL, JOINED_RESIDUAL -> around.add(new Enclosing("ResnetBlock2D", path));
      case DOWNSAMPLE -> around.add(new Enclosing("Downsample2D", path));
      case UPSAMPLE -> around.add(new Enclosing("Upsample2D", path));
      case TRANSFORMER_IN, TRANSFORMER_OUT -> around.add(new Enclosing("Transformer2DModel", path));
      case TRANSFORMER_BLOCK -> {
        String stack = path.substring(0, path.indexOf(".transformer_blocks"));
        around.add(new Enclosing("Transformer2DModel", stack));
        around.add(new Enclosing("BasicTransformerBlock", path));
        if (name.startsWith("attn")) {
          around.add(new Enclosing("CrossAttention", path + "." + name.substring(0, 5)));
        } else {
          around.add(new Enclosing("FeedForward", path + ".ff"));
          if (name.equals("ff.net.0.proj")) {
            around.add(new Enclosing("GEGLU", path + ".ff.net.0"));
          }
        }
      }
      default -> {}
    }
    return around;
  }

  private static List<Enclosing> aroundText(Network network, SegmentPlan segment, String name) {
    String part = name.substring(0, name.indexOf('.'));
    return List.of(
        new Enclosing(network == Network.TE1 ? "CLIPTextModel" : "CLIPTextModelWithProjection", ""),
        new Enclosing("CLIPTextTransformer", "text_model"),
        new Enclosing("CLIPEncoder", "text_model.encoder"),
        new Enclosing("CLIPEncoderLayer", segment.path()),
        new Enclosing(
            part.equals("mlp") ? "CLIPMLP" : "CLIPAttention", segment.path() + "." + part));
  }
}
