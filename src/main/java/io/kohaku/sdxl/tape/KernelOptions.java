package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import io.kohaku.settings.SpeedSettings;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import io.kohaku.settings.SpeedSettings.Norms;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;

/**
 * How the networks' kernels compute the same formulas.
 *
 * <p>{@code CHANNELS_LAST} keeps a copy of each convolution's kernel with a pixel's channels beside
 * each other; images then lie so from the first convolution on, and a transformer's tokens are the
 * image as it lies. Convolutions and their gradients, a Kronecker update's too, sum in another
 * order. A GPU's group norm wants one channel after the other: with norms in float32 the casts
 * around it turn the image there and back, with norms in the compute type two more passes do.
 *
 * <p>{@code COMPUTE} rounds what a group norm gives to the compute type before SiLU, and SiLU's
 * result once more; float32 networks compute the same either way.
 *
 * @param memoryFormat how kernels of convolutions, and so images, lie in memory
 * @param norms what norms take and give
 */
public record KernelOptions(MemoryFormat memoryFormat, Norms norms) {
  /** Kernels as checkpoints have them, norms in float32. */
  public static final KernelOptions PLAIN =
      new KernelOptions(MemoryFormat.CONTIGUOUS, Norms.FLOAT32);

  /** What {@code settings} say. */
  public static KernelOptions of(SpeedSettings settings) {
    return new KernelOptions(settings.memoryFormat(), settings.norms());
  }

  /** The layers without an adapter. */
  public KernelSource layers() {
    return channelsLast() ? LayerKernels.text("plain-channels-last.torch") : LayerKernels.PLAIN;
  }

  /** The norms. */
  KernelSource norm() {
    if (norms == Norms.COMPUTE) {
      return LayerKernels.text("norm-compute.torch");
    }
    return LayerKernels.text(channelsLast() ? "norm-channels-last.torch" : "norm.torch");
  }

  /** {@code reader}, whose kernels of convolutions come as these options want them to lie. */
  public WeightReader laid(WeightReader reader, TorchScript kernels) {
    if (!channelsLast()) {
      return reader;
    }
    return (owner, key) -> {
      NDArray read = reader.read(owner, key);
      if (read.getShape().dimension() != 4) {
        return read;
      }
      try (read) {
        return kernels.tensor(owner, "channels_last", read);
      }
    };
  }

  private boolean channelsLast() {
    return memoryFormat == MemoryFormat.CHANNELS_LAST;
  }
}
