package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;

/**
 * How images become latents.
 *
 * @param precision what the VAE computes in; what is not finite in bf16 or fp16 is encoded again in
 *     fp32, image by image
 * @param memoryFormat how the VAE's kernels and images lie in memory
 * @param posterior what of the VAE's distribution is stored
 * @param storage the type that latents are stored in
 * @param runner what runs the VAE; both give the same latents
 * @param batchSize images of one size encoded together, unless {@code batchPixels} says how many
 * @param batchPixels pixels of a batch, whose images small buckets have more of; 0: {@code
 *     batchSize} images of any bucket
 * @param chunkSize images that one task encodes and writes as one file
 * @param decodeThreads threads of one task that read, decode and resize
 * @param prefetch decoded images of one task that wait for the VAE at most
 * @param imports folders of {@code .npz} latents that sd-scripts cached, taken instead of encoding
 * @param verify how much of the store is read back before the latents are published
 * @param maxRejectFraction share of the selected posts above which the job fails
 */
public record LatentSettings(
    @What Computing precision,
    @What SpeedSettings.MemoryFormat memoryFormat,
    @What Posterior posterior,
    @What Storage storage,
    @What Runner runner,
    @How @Range(min = 1) int batchSize,
    @How @Range(min = 0) int batchPixels,
    @How @Range(min = 1) int chunkSize,
    @How @Range(min = 1) int decodeThreads,
    @How @Range(min = 1) int prefetch,
    @How @Place List<String> imports,
    @How Verify verify,
    @How @Range(min = 0, max = 1) double maxRejectFraction)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (runner == Runner.PREDICTOR && memoryFormat == SpeedSettings.MemoryFormat.CHANNELS_LAST) {
      problems.add("memory-format", "channels-last", "needs runner = kernels");
    }
  }

  /** What the VAE computes in. */
  public enum Computing {
    /** Fp16 where the tasks that encode compute on GPUs, fp32 where they compute on CPUs. */
    AUTO,
    FP32,
    BF16,
    FP16;

    /**
     * The precision that this asks for. The driver decides it once: latents are kept under it.
     *
     * @param gpu whether the tasks that encode compute on GPUs
     */
    public Precision precision(boolean gpu) {
      return switch (this) {
        case AUTO -> gpu ? Precision.FP16 : Precision.FP32;
        case FP32 -> Precision.FP32;
        case BF16 -> Precision.BF16;
        case FP16 -> Precision.FP16;
      };
    }
  }

  /** What of the VAE's distribution is stored. */
  public enum Posterior {
    /** One draw for each image, seeded by its id. */
    SAMPLE,
    /** The mean. */
    MEAN,
    /** Mean and deviation; the trainer draws anew each epoch. */
    MOMENTS
  }

  /** The type that latents are stored in. */
  public enum Storage {
    /** Half precision. */
    FP16,
    /** Single precision. */
    FP32
  }

  /** What runs the VAE. */
  public enum Runner {
    /** Our own kernels on the checkpoint's weights. */
    KERNELS,
    /** DJL's predictor on the model that the job export-vae wrote. */
    PREDICTOR
  }

  /** How much is read back before latents are published. */
  public enum Verify {
    /** Of every file the footer and one row group. */
    QUICK,
    /** Every latent. */
    FULL
  }

  public LatentSettings {
    imports = List.copyOf(imports);
  }

  /** How many images of {@code pixels} each are encoded together. */
  public int batch(long pixels) {
    return batchPixels == 0 ? batchSize : (int) Math.max(1, batchPixels / pixels);
  }
}
