package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.Optional;

/**
 * The adapter that is trained. What the preset says of a layer comes before what is said here.
 *
 * @param preset name of a LyCORIS preset or path of one of its TOML files
 * @param trainNorm whether gains and biases of the norms that the preset reaches are trained too
 * @param dim rank of decomposed blocks
 * @param alpha numerator of the scale {@code alpha / dim}
 * @param convDim rank of kernels larger than 1x1, {@code dim} if absent
 * @param convAlpha alpha of kernels larger than 1x1, {@code alpha} if absent
 * @param factor size of the small block, or -1 for the most square one
 * @param fullMatrix whether blocks stay undecomposed whatever the rank
 * @param decomposeBoth whether the small block is decomposed too
 * @param tucker whether decomposed kernels keep a core
 * @param unbalanced whether the small block takes the large part of the outputs
 * @param rankStabilised whether alpha is divided by the root of the rank
 * @param scalar whether one trained number multiplies the delta
 * @param weightDecompose for what magnitudes are trained apart from directions (DoKr)
 * @param rankDropout probability that an output row of a delta is left out
 * @param rankDropoutScale whether what is kept is divided by the kept share
 * @param moduleDropout probability that a layer's delta is left out
 * @param maxNorm greatest norm of a layer's delta, without bound if absent
 * @param mode how updates meet their inputs
 * @param resume adapter file whose weights training starts from
 */
public record LokrSettings(
    @How @NotBlank @Place(orName = true) String preset,
    @What boolean trainNorm,
    @What @Range(min = 1) long dim,
    @What @Range(min = 0) double alpha,
    @What Optional<Long> convDim,
    @What Optional<Double> convAlpha,
    @What int factor,
    @What boolean fullMatrix,
    @What boolean decomposeBoth,
    @What boolean tucker,
    @What boolean unbalanced,
    @What boolean rankStabilised,
    @What boolean scalar,
    @What WeightDecompose weightDecompose,
    @What @Range(min = 0, max = 0.999) double rankDropout,
    @What boolean rankDropoutScale,
    @What @Range(min = 0, max = 0.999) double moduleDropout,
    @What Optional<Double> maxNorm,
    @What Mode mode,
    @How @Place Optional<String> resume)
    implements Checked, Serializable {

  /** For what magnitudes are trained apart. */
  public enum WeightDecompose {
    /** For nothing: an ordinary LoKr. */
    NONE,
    /** For each output. */
    OUTPUT,
    /** For each input. */
    INPUT
  }

  /** How updates meet their inputs. */
  public enum Mode {
    /** One product with the updated weight. */
    MERGED,
    /** The base product and two small ones. */
    BYPASS,
    /** By layer, whichever a cost model with the device's measured rates expects to be faster. */
    AUTO
  }

  @Override
  public void check(Problems problems) {
    if (factor != -1 && factor < 1) {
      problems.add("factor", factor, "-1 or at least 1");
    }
    convDim
        .filter(rank -> rank < 1)
        .ifPresent(rank -> problems.add("conv-dim", rank, "at least 1"));
    convAlpha
        .filter(value -> !(value >= 0))
        .ifPresent(value -> problems.add("conv-alpha", value, "at least 0"));
    maxNorm
        .filter(norm -> !(norm > 0))
        .ifPresent(norm -> problems.add("max-norm", norm, "above 0"));
  }
}
