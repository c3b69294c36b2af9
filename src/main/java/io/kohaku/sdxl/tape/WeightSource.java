package io.kohaku.sdxl.tape;

import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.Dtype;

/** Where networks come from: what they consist of, and the weights. */
public interface WeightSource {
  /** The networks' sizes and layers. */
  SdxlLayout layout();

  /** How the networks are set up. */
  ModelOptions options();

  /** Reads weights in {@code dtype}. */
  WeightReader reader(Dtype dtype);
}
