package io.kohaku.sdxl.layout;

import io.kohaku.settings.ModelSettings.PooledProjection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The segments of a CLIP text encoder, in Hugging Face's names whatever the checkpoint's are. */
public final class TextPlan {
  private static final String[] FUSED = {"q_proj", "k_proj", "v_proj"};

  private final TextSizes sizes;
  private final Network network;
  private final List<SegmentPlan> segments = new ArrayList<>();

  private TextPlan(TextSizes sizes, Network network) {
    this.sizes = sizes;
    this.network = network;
  }

  /** CLIP-L: quick gelu, no pooled output; its last layer is there but never used. */
  public static List<SegmentPlan> first(TextSizes sizes) {
    TextPlan plan = new TextPlan(sizes, Network.TE1);
    String prefix = plan.network.prefix() + "text_model.";
    plan.embedding(
        prefix + "embeddings.token_embedding.weight",
        prefix + "embeddings.position_embedding.weight");
    for (int i = 0; i < sizes.layers(); i++) {
      String path = "text_model.encoder.layers." + i;
      plan.layer(path, plan.separate(plan.network.prefix() + path + "."), 1);
    }
    List<Weight> norm = new WeightList(prefix).norm("final_layer_norm", sizes.width()).list();
    plan.segments.add(new SegmentPlan("text_model", Kernel.TEXT_POOL, norm, Map.of()));
    return List.copyOf(plan.segments);
  }

  /** OpenCLIP bigG: exact gelu, and a pooled output. */
  public static List<SegmentPlan> second(TextSizes sizes, PooledProjection projection) {
    TextPlan plan = new TextPlan(sizes, Network.TE2);
    String prefix = plan.network.prefix();
    plan.embedding(prefix + "token_embedding.weight", prefix + "positional_embedding");
    for (int i = 0; i < sizes.layers(); i++) {
      List<Weight> weights = plan.fused(prefix + "transformer.resblocks." + i + ".");
      plan.layer("text_model.encoder.layers." + i, weights, 0);
    }
    long width = sizes.width();
    List<Weight> weights =
        List.of(
            new Weight("final_layer_norm.weight", prefix + "ln_final.weight", width),
            new Weight("final_layer_norm.bias", prefix + "ln_final.bias", width),
            new Weight(
                AdaptableLayer.PROJECTION + ".weight",
                prefix + "text_projection",
                width,
                sizes.projection()));
    Map<String, Double> constants =
        Map.of(
            "end_token",
            (double) sizes.endToken(),
            "project_transposed",
            projection == PooledProjection.TRANSPOSED ? 1.0 : 0.0);
    plan.segments.add(new SegmentPlan("text_model", Kernel.TEXT_POOL, weights, constants));
    return List.copyOf(plan.segments);
  }

  private void embedding(String tokenKey, String positionKey) {
    List<Weight> weights =
        List.of(
            new Weight("token_embedding.weight", tokenKey, sizes.vocabulary(), sizes.width()),
            new Weight("position_embedding.weight", positionKey, sizes.positions(), sizes.width()));
    segments.add(
        new SegmentPlan("text_model.embeddings", Kernel.TEXT_EMBEDDING, weights, Map.of()));
  }

  private void layer(String path, List<Weight> weights, double quickGelu) {
    double heads = sizes.width() / (double) sizes.headWidth();
    segments.add(
        new SegmentPlan(
            path, Kernel.TEXT_LAYER, weights, Map.of("heads", heads, "quick_gelu", quickGelu)));
  }

  private List<Weight> separate(String prefix) {
    long width = sizes.width();
    return new WeightList(prefix)
        .linear("self_attn.k_proj", width, width)
        .linear("self_attn.v_proj", width, width)
        .linear("self_attn.q_proj", width, width)
        .linear("self_attn.out_proj", width, width)
        .linear("mlp.fc1", sizes.hidden(), width)
        .linear("mlp.fc2", width, sizes.hidden())
        .norm("layer_norm1", width)
        .norm("layer_norm2", width)
        .list();
  }

  /** The same weights, found under OpenCLIP's names. */
  private List<Weight> fused(String prefix) {
    List<Weight> weights = new ArrayList<>();
    for (Weight weight : separate("")) {
      String kind = weight.name().substring(weight.name().lastIndexOf('.') + 1);
      String layer = weight.name().substring(0, weight.name().lastIndexOf('.'));
      weights.add(renamed(weight, prefix, layer, kind));
    }
    return weights;
  }

  private static Weight renamed(Weight weight, String prefix, String layer, String kind) {
    for (int third = 0; third < FUSED.length; third++) {
      if (layer.equals("self_attn." + FUSED[third])) {
        return new Weight(weight.name(), prefix + "attn.in_proj_" + kind, weight.shape(), third);
      }
    }
    String name =
        switch (layer) {
          case "self_attn.out_proj" -> "attn.out_proj";
          case "mlp.fc1" -> "mlp.c_fc";
          case "mlp.fc2" -> "mlp.c_proj";
          case "layer_norm1" -> "ln_1";
          case "layer_norm2" -> "ln_2";
          default -> throw new IllegalStateException("Unknown layer: " + layer);
        };
    return new Weight(weight.name(), prefix + name + "." + kind, weight.shape());
  }
}
