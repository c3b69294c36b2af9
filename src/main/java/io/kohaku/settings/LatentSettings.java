package io.kohaku.settings;

import io.kohaku.settings.binding.Range;
import java.io.Serializable;
import java.util.List;

/**
 * How images become latents.
 *
 * @param precision what the VAE computes in; the original SDXL VAE overflows in fp16
 * @param posterior what of the VAE's distribution is stored
 * @param storage the type that latents are stored in
 * @param runner what runs the VAE; both give the same latents
 * @param batchSize images of one size encoded together
 * @param chunkSize images that one task encodes and writes as one file
 * @param decodeThreads threads of one task that read, decode and resize
 * @param prefetch decoded images of one task that wait for the VAE at most
 * @param imports folders of {@code .npz} latents that sd-scripts cached, taken instead of encoding
 * @param maxRejectFraction share of the selected posts above which the job fails
 */
public record LatentSettings(
    Precision precision,
    Posterior posterior,
    Storage storage,
    Runner runner,
    @Range(min = 1) int batchSize,
    @Range(min = 1) int chunkSize,
    @Range(min = 1) int decodeThreads,
    @Range(min = 1) int prefetch,
    List<String> imports,
    @Range(min = 0, max = 1) double maxRejectFraction)
    implements Serializable {

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

  public LatentSettings {
    imports = List.copyOf(imports);
  }
}
