package io.kohaku.weights.export;

import static io.kohaku.weights.export.KohyaText.text;

import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.LokrSettings.WeightDecompose;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the header says of the adapter's blocks: what would make LyCORIS build the same network. */
final class NetworkTexts {
  private NetworkTexts() {}

  static Map<String, String> of(LokrSettings settings) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("ss_network_module", "lycoris.kohya");
    texts.put("ss_network_dim", text(settings.dim()));
    texts.put("ss_network_alpha", text(settings.alpha()));
    texts.put("ss_network_dropout", text(null));
    texts.put("ss_network_args", KohyaText.json(arguments(settings)));
    texts.put("ss_scale_weight_norms", text(settings.maxNorm().orElse(null)));
    return texts;
  }

  private static Map<String, String> arguments(LokrSettings settings) {
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("algo", "lokr");
    arguments.put("preset", settings.preset());
    arguments.put("factor", text(settings.factor()));
    arguments.put("conv_dim", text(settings.convDim().orElse(settings.dim())));
    arguments.put("conv_alpha", text(settings.convAlpha().orElse(settings.alpha())));
    putIf(arguments, "full_matrix", settings.fullMatrix());
    putIf(arguments, "decompose_both", settings.decomposeBoth());
    putIf(arguments, "use_tucker", settings.tucker());
    putIf(arguments, "unbalanced_factorization", settings.unbalanced());
    putIf(arguments, "rs_lora", settings.rankStabilised());
    putIf(arguments, "use_scalar", settings.scalar());
    putIf(arguments, "dora_wd", settings.weightDecompose() != WeightDecompose.NONE);
    putIf(arguments, "wd_on_output", settings.weightDecompose() == WeightDecompose.OUTPUT);
    putIf(arguments, "rank_dropout_scale", settings.rankDropoutScale());
    if (settings.rankDropout() > 0) {
      arguments.put("rank_dropout", text(settings.rankDropout()));
    }
    if (settings.moduleDropout() > 0) {
      arguments.put("module_dropout", text(settings.moduleDropout()));
    }
    return arguments;
  }

  /** Only what is on: LyCORIS takes the text {@code False} of some switches for true. */
  private static void putIf(Map<String, String> arguments, String key, boolean on) {
    if (on) {
      arguments.put(key, text(true));
    }
  }
}
