package io.kohaku.lokr.shape;

/** The switches of a LoKr layer, by their names in LyCORIS' presets. */
public enum LokrFlag {
  /** Neither block is decomposed, whatever the rank. */
  FULL_MATRIX("full_matrix"),
  /** The small block too is a product of two low-rank ones, where the rank is small enough. */
  DECOMPOSE_BOTH("decompose_both"),
  /** Low-rank convolutions keep a rank-by-rank core with the kernel's size. */
  TUCKER("use_tucker"),
  /** The small block takes the large part of the outputs, and the large block the small part. */
  UNBALANCED("unbalanced_factorization"),
  /** Divides alpha by the root of the rank instead of by the rank. */
  RANK_STABILISED("rs_lora"),
  /** One trained number multiplies the delta and starts at 0 in place of the large block. */
  SCALAR("use_scalar"),
  /** Trains the magnitude of the weight's rows or columns apart from their direction (DoKr). */
  WEIGHT_DECOMPOSE("weight_decompose"),
  /** The decomposition has a magnitude for each output rather than for each input. */
  DECOMPOSE_OVER_OUTPUTS("wd_on_out"),
  /** Rank dropout divides what it keeps by the kept share. */
  RANK_DROPOUT_SCALE("rank_dropout_scale");

  private final String key;

  LokrFlag(String key) {
    this.key = key;
  }

  /** The name in a preset. */
  public String key() {
    return key;
  }
}
