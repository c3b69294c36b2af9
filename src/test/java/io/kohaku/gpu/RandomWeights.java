package io.kohaku.gpu;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.sdxl.tape.WeightSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.TorchScript;
import java.util.Map;

/**
 * Weights made on the device: matrices and kernels normal of variance 1 / fan-in, gains 1, biases
 * 0. Sources of the same layout give the same weights, apart from rounding.
 */
record RandomWeights(SdxlLayout layout, ModelOptions options) implements WeightSource {
  private static final TorchScript KERNELS = TorchScript.shared(RandomWeights.class, "kit.torch");

  static RandomWeights of(ModelSize size, Dtype dtype) {
    return new RandomWeights(size.layout(), ModelOptions.DEFAULT.withDtype(dtype));
  }

  @Override
  public WeightReader reader(Dtype dtype) {
    Natives.load();
    Engine.getEngine("PyTorch").setRandomSeed(1);
    Map<String, long[]> shapes = layout.expected();
    return (owner, key) -> {
      long[] shape = shapes.get(key);
      if (shape.length == 1) {
        return constant(owner, shape, key.endsWith("bias") ? 0 : 1, dtype);
      }
      long fanIn = 1;
      for (int i = 1; i < shape.length; i++) {
        fanIn *= shape[i];
      }
      double scale = key.contains("embedding") ? 0.02 : 1 / Math.sqrt(fanIn);
      return KERNELS.tensor(owner, "normal", shape, scale, dtype, owner.getDevice());
    };
  }

  private static NDArray constant(NDManager owner, long[] shape, double value, Dtype dtype) {
    return KERNELS.tensor(owner, "constant", shape, value, dtype, owner.getDevice());
  }
}
