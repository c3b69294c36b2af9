package io.kohaku.sdxl;

/** What an adaptable layer does with its weight. */
public enum LayerKind {
  /** Weight {@code [out, in]}. */
  LINEAR,
  /** Weight {@code [out, in, height, width]}. */
  CONVOLUTION
}
