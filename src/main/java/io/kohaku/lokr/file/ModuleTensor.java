package io.kohaku.lokr.file;

import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.sdxl.layout.AdaptableLayer;

/**
 * A tensor of the networks that an adapter changes.
 *
 * @param module the layer or norm
 * @param tensor its gain, which is the weight of a layer, or its bias
 */
public record ModuleTensor(AdaptableLayer module, NormTensor tensor) {}
