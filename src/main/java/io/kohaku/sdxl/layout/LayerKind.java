package io.kohaku.sdxl.layout;

/** What an adaptable layer does with its weight. */
public enum LayerKind {
  /** Weight {@code [out, in]}. */
  LINEAR,
  /** Weight {@code [out, in, height, width]}. */
  CONVOLUTION
}
