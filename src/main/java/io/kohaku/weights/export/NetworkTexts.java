package io.kohaku.weights.export;

import io.kohaku.lokr.file.FiniteAlpha;
import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.LokrSettings.WeightDecompose;
import io.kohaku.tensor.Dtype;
import java.util.Map;

/**
 * What the header says of the adapter's blocks: what would make LyCORIS build the same network.
 *
 * <p>Where layers have full matrices alone, their alpha is their dim, as in the tensors: readers
 * that multiply by alpha / dim then multiply by 1, which is right.
 */
final class NetworkTexts {
  private final LokrSettings settings;
  private final WholeBlocks whole;
  private final Dtype dtype;

  private NetworkTexts(LokrSettings settings, WholeBlocks whole, Dtype dtype) {
    this.settings = settings;
    this.whole = whole;
    this.dtype = dtype;
  }

  /**
   * Puts them.
   *
   * @param whole which layers have full matrices alone
   * @param dtype number format of the file's tensors, alphas included
   */
  static void put(KohyaTexts texts, LokrSettings settings, WholeBlocks whole, Dtype dtype) {
    new NetworkTexts(settings, whole, dtype).put(texts);
  }

  private void put(KohyaTexts texts) {
    texts.put("ss_network_module", "lycoris.kohya");
    texts.put("ss_network_dim", dim(settings.dim(), whole.layers()));
    texts.put("ss_network_alpha", alpha(settings.dim(), settings.alpha(), whole.layers()));
    texts.put("ss_network_dropout", null);
    texts.putJson("ss_network_args", arguments());
    texts.put("ss_scale_weight_norms", settings.maxNorm().orElse(null));
  }

  /** Full matrices have the dim that their alpha, rounded as the file's numbers are, says. */
  private long dim(long given, boolean full) {
    return full ? (long) FiniteAlpha.of(given, dtype) : given;
  }

  private double alpha(long dim, double given, boolean full) {
    return full ? dim(dim, true) : given == 0 ? dim : given;
  }

  private Map<String, String> arguments() {
    long convDim = settings.convDim().orElse(settings.dim());
    KohyaTexts arguments = new KohyaTexts();
    arguments.put("algo", "lokr");
    arguments.put("preset", preset());
    arguments.put("factor", settings.factor());
    double convAlpha = settings.convAlpha().orElse(settings.alpha());
    arguments.put("conv_dim", dim(convDim, whole.kernels()));
    arguments.put("conv_alpha", alpha(convDim, convAlpha, whole.kernels()));
    putIf(arguments, "train_norm", settings.trainNorm());
    putIf(arguments, "full_matrix", settings.fullMatrix());
    putIf(arguments, "decompose_both", settings.decomposeBoth());
    putIf(arguments, "use_tucker", settings.tucker());
    putIf(arguments, "unbalanced_factorization", settings.unbalanced());
    putIf(arguments, "rs_lora", settings.rankStabilised());
    putIf(arguments, "use_scalar", settings.scalar());
    if (settings.weightDecompose() != WeightDecompose.NONE) {
      arguments.put("dora_wd", true);
      arguments.put("wd_on_output", settings.weightDecompose() == WeightDecompose.OUTPUT);
    }
    putIf(arguments, "rank_dropout_scale", settings.rankDropoutScale());
    if (settings.rankDropout() > 0) {
      arguments.put("rank_dropout", settings.rankDropout());
    }
    if (settings.moduleDropout() > 0) {
      arguments.put("module_dropout", settings.moduleDropout());
    }
    return arguments.all();
  }

  /** Its name, or that of its file: where that lay is nobody's business. */
  private String preset() {
    return settings.preset().replaceFirst(".*[/\\\\](?=.)", "");
  }

  /** Only what is on: LyCORIS takes the text {@code False} of some switches for true. */
  private static void putIf(KohyaTexts arguments, String key, boolean on) {
    if (on) {
      arguments.put(key, true);
    }
  }
}
