package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;

/**
 * What a training step does to be fast. Each way has the same formulas; where rounding differs from
 * the plain way, the plain way is the default.
 *
 * @param memoryFormat how the kernels of convolutions and the images between them lie in memory
 * @param norms what norms of networks in half precision take and give
 * @param fuse whether libtorch makes one kernel of neighbouring elementwise operations
 * @param merge how often base and adapter are merged, for layers whose mode is merged
 * @param readLoss how often the loss is read from the device, and so waited for
 * @param overlapSum whether ranks sum gradients while the last micro-batch still walks back
 */
public record SpeedSettings(
    @How MemoryFormat memoryFormat,
    @What Norms norms,
    @How boolean fuse,
    @How Every merge,
    @How Every readLoss,
    @How boolean overlapSum)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (overlapSum && (merge == Every.UPDATE || readLoss == Every.UPDATE)) {
      problems.add(
          "overlap-sum",
          true,
          "needs merge = micro-batch and read-loss = micro-batch: else gradients are final after the walk back alone");
    }
  }

  /** Orders of an image's dimensions in memory. */
  public enum MemoryFormat {
    /** One channel after the other. */
    CONTIGUOUS,
    /** One pixel after the other, as tensor cores read them. */
    CHANNELS_LAST
  }

  /** Precisions of group norm, layer norm and what stands between them and the next product. */
  public enum Norms {
    /** Cast to float32 and back, as autocast does. */
    FLOAT32,
    /** In the compute type, with sums in float32. */
    COMPUTE
  }

  /** How often something is done. */
  public enum Every {
    MICRO_BATCH,
    UPDATE
  }
}
