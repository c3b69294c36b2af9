package io.kohaku.lokr.shape;

import java.util.Arrays;
import java.util.Optional;

/**
 * The tensors of a trained norm, {@code [width]} each, under the suffixes that files and kernels
 * know them by: what is added to the frozen gain and to the frozen bias. They have no alpha.
 */
public enum NormTensor implements AdapterTensor {
  /** Added to the gain. */
  GAIN("w_norm", "weight"),
  /** Added to the bias. */
  BIAS("b_norm", "bias");

  private final String suffix;
  private final String frozen;

  NormTensor(String suffix, String frozen) {
    this.suffix = suffix;
    this.frozen = frozen;
  }

  @Override
  public String suffix() {
    return suffix;
  }

  /** The name within the norm of what it is added to. */
  public String frozen() {
    return frozen;
  }

  /** The tensor with this suffix, if a norm has one. */
  public static Optional<NormTensor> ofSuffix(String suffix) {
    return Arrays.stream(values()).filter(tensor -> tensor.suffix.equals(suffix)).findFirst();
  }
}
