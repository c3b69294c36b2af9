package io.kohaku.settings;

/** The number format that weights are kept in and products are computed in. */
public enum Precision {
  /** 32-bit IEEE. */
  FP32,
  /** 16-bit with the exponent range of fp32. */
  BF16,
  /** 16-bit IEEE. */
  FP16
}
