package io.kohaku.lokr.shape;

/** How a layer's update meets its input; both give the same numbers. */
public enum ApplyMode {
  /** {@code W + delta} is built and applied in one product. */
  MERGED,
  /** The base product plus two small ones with the Kronecker factors; no weight is built. */
  BYPASS,
  /** Whichever of the two the cost model expects to be faster for the layer. */
  AUTO
}
