package io.kohaku.sdxl.layout;

import io.kohaku.sdxl.layout.AdaptableLayer.Enclosing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every layer and norm that an adapter may be put on, in the reference's walking order: text
 * encoder 1, text encoder 2, U-Net, and within each the order in which its modules define them.
 *
 * <p>Embeddings are none of them.
 *
 * @param modules linear layers, convolutions and norms in walking order
 * @param ends the pooled projection, which no adapter is trained on here, but which files of others
 *     may change
 */
public record ModuleRegistry(List<AdaptableLayer> modules, List<AdaptableLayer> ends) {
  /** Copies the lists. */
  public ModuleRegistry {
    modules = List.copyOf(modules);
    ends = List.copyOf(ends);
  }

  /** All that an adapter's file may change. */
  public List<AdaptableLayer> changeable() {
    return Stream.concat(modules.stream(), ends.stream()).toList();
  }

  /** Linear layers and convolutions. */
  public List<AdaptableLayer> layers() {
    return modules.stream().filter(module -> !module.isNorm()).toList();
  }

  /** Group norms and layer norms. */
  public List<AdaptableLayer> norms() {
    return modules.stream().filter(AdaptableLayer::isNorm).toList();
  }

  /** The layers of networks of these sizes. */
  static ModuleRegistry of(SdxlLayout layout) {
    List<AdaptableLayer> all = new ArrayList<>();
    layout.first().forEach(segment -> textModules(all, segment, Network.TE1));
    layout.second().forEach(segment -> textModules(all, segment, Network.TE2));
    for (SegmentPlan segment : layout.unet()) {
      addAll(all, Network.UNET, segment);
    }
    Map<Boolean, List<AdaptableLayer>> ends =
        all.stream().collect(Collectors.partitioningBy(AdaptableLayer::isTransposed));
    return new ModuleRegistry(ends.get(false), ends.get(true));
  }

  /** The linear layers and convolutions of one network. */
  public List<AdaptableLayer> layers(Network network) {
    return layers().stream().filter(layer -> layer.network() == network).toList();
  }

  private static void textModules(
      List<AdaptableLayer> modules, SegmentPlan segment, Network network) {
    if (segment.kernel() == Kernel.TEXT_LAYER || segment.kernel() == Kernel.TEXT_POOL) {
      addAll(modules, network, segment);
    }
  }

  private static void addAll(List<AdaptableLayer> layers, Network network, SegmentPlan segment) {
    for (Weight weight : segment.weights()) {
      if (weight.isModule()) {
        String name = weight.name().substring(0, weight.name().lastIndexOf('.'));
        List<Long> shape = new ArrayList<>();
        for (long dimension : weight.shape()) {
          shape.add(dimension);
        }
        if (name.equals(AdaptableLayer.PROJECTION)) {
          Collections.reverse(shape);
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
        } else if (name.startsWith("ff")) {
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
    List<Enclosing> around = new ArrayList<>();
    String whole = network == Network.TE1 ? "CLIPTextModel" : "CLIPTextModelWithProjection";
    around.add(new Enclosing(whole, ""));
    if (name.equals(AdaptableLayer.PROJECTION)) {
      return around;
    }
    around.add(new Enclosing("CLIPTextTransformer", "text_model"));
    if (segment.kernel() == Kernel.TEXT_POOL) {
      return around;
    }
    around.add(new Enclosing("CLIPEncoder", "text_model.encoder"));
    around.add(new Enclosing("CLIPEncoderLayer", segment.path()));
    if (name.contains(".")) {
      String part = name.substring(0, name.indexOf('.'));
      String className = part.equals("mlp") ? "CLIPMLP" : "CLIPAttention";
      around.add(new Enclosing(className, segment.path() + "." + part));
    }
    return around;
  }
}
