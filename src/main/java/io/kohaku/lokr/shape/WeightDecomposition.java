package io.kohaku.lokr.shape;

/** For what DoKr trains a magnitude apart from the direction. */
public enum WeightDecomposition {
  /** Nothing: an ordinary LoKr layer. */
  NONE,
  /** Each output, {@code dora_scale} of shape [out, 1, …]. */
  OUTPUT,
  /** Each input, {@code dora_scale} of shape [1, in, 1, …]. */
  INPUT
}
