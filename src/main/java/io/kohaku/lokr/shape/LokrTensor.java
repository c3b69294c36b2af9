package io.kohaku.lokr.shape;

import java.util.Arrays;

/** The tensors of a LoKr layer under the suffixes that files and kernels know them by. */
public enum LokrTensor implements AdapterTensor {
  /** The small block as it is. */
  W1("lokr_w1"),
  /** The left part of a small block of low rank. */
  W1_A("lokr_w1_a"),
  /** Its right part. */
  W1_B("lokr_w1_b"),
  /** The large block as it is. */
  W2("lokr_w2"),
  /** The core of a large block in Tucker's form. */
  T2("lokr_t2"),
  /** The left part of a large block of low rank, or the core's first side. */
  W2_A("lokr_w2_a"),
  /** Its right part, or the core's second side. */
  W2_B("lokr_w2_b"),
  /** The trained magnitudes of a weight's rows or columns. */
  DORA_SCALE("dora_scale"),
  /** The one number that multiplies the delta. */
  SCALAR("scalar"),
  /** The number that is stored beside the trained ones. */
  ALPHA("alpha");

  private final String suffix;

  LokrTensor(String suffix) {
    this.suffix = suffix;
  }

  /** The tensor with this suffix. */
  public static LokrTensor ofSuffix(String suffix) {
    return Arrays.stream(values())
        .filter(tensor -> tensor.suffix.equals(suffix))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Unknown tensor: " + suffix));
  }

  @Override
  public String suffix() {
    return suffix;
  }

  /** Whether a file's tensor of this name is such a one. */
  public boolean isNamed(String name) {
    return name.endsWith("." + suffix);
  }

  @Override
  public boolean isBlock() {
    return compareTo(DORA_SCALE) < 0;
  }

  @Override
  public boolean takesFactor() {
    return this == W1 || this == W1_A;
  }
}
