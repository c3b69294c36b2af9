package io.kohaku.weights.export;

import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.LokrSettings.WeightDecompose;
import java.util.Map;

/** What the header says of the adapter's blocks: what would make LyCORIS build the same network. */
final class NetworkTexts {
  private NetworkTexts() {}

  static void put(KohyaTexts texts, LokrSettings settings) {
    texts.put("ss_network_module", "lycoris.kohya");
    texts.put("ss_network_dim", settings.dim());
    texts.put("ss_network_alpha", settings.alpha());
    texts.put("ss_network_dropout", null);
    texts.putJson("ss_network_args", arguments(settings));
    texts.put("ss_scale_weight_norms", settings.maxNorm().orElse(null));
  }

  private static Map<String, String> arguments(LokrSettings settings) {
    KohyaTexts arguments = new KohyaTexts();
    arguments.put("algo", "lokr");
    arguments.put("preset", settings.preset());
    arguments.put("factor", settings.factor());
    arguments.put("conv_dim", settings.convDim().orElse(settings.dim()));
    arguments.put("conv_alpha", settings.convAlpha().orElse(settings.alpha()));
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
      arguments.put("rank_dropout", settings.rankDropout());
    }
    if (settings.moduleDropout() > 0) {
      arguments.put("module_dropout", settings.moduleDropout());
    }
    return arguments.all();
  }

  /** Only what is on: LyCORIS takes the text {@code False} of some switches for true. */
  private static void putIf(KohyaTexts arguments, String key, boolean on) {
    if (on) {
      arguments.put(key, true);
    }
  }
}
