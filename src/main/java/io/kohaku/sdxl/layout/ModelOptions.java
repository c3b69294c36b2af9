package io.kohaku.sdxl.layout;

import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Dtype;

/**
 * How the frozen networks are set up.
 *
 * @param dtype the type of the frozen weights and so of all products: F32, BF16 or F16
 * @param timesteps divisor of the timestep embedding
 * @param pooledProjection direction of the pooled projection
 * @param headWidth channels of one attention head, where the checkpoint's metadata does not say
 */
public record ModelOptions(
    Dtype dtype, Timesteps timesteps, PooledProjection pooledProjection, long headWidth) {
  /** The entry of a checkpoint's metadata that tells the width of an attention head. */
  public static final String HEAD_WIDTH_KEY = "head_width";

  /** Correct networks of SDXL in float32. */
  public static final ModelOptions DEFAULT =
      new ModelOptions(Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.STANDARD, 64);

  /** Checks the dtype and the head width. */
  public ModelOptions {
    if (dtype != Dtype.F32 && dtype != Dtype.BF16 && dtype != Dtype.F16) {
      throw new IllegalArgumentException(
          "Invalid dtype: " + dtype + " (frozen weights are F32, BF16 or F16)");
    }
    if (headWidth < 1) {
      throw new IllegalArgumentException(
          "Invalid head width: " + headWidth + " (must be at least 1)");
    }
  }

  /** What {@code settings} say, with weights in {@code precision}. */
  public static ModelOptions of(ModelSettings settings, Precision precision) {
    return new ModelOptions(
        dtype(precision),
        settings.timestepDivisor() == 160 ? Timesteps.HALF_WIDTH : Timesteps.HALF_WIDTH_MINUS_ONE,
        settings.pooledProjection(),
        settings.headWidth());
  }

  /** The dtype of weights in {@code precision}. */
  public static Dtype dtype(Precision precision) {
    return switch (precision) {
      case FP32 -> Dtype.F32;
      case BF16 -> Dtype.BF16;
      case FP16 -> Dtype.F16;
    };
  }

  /** The same with weights of another type. */
  public ModelOptions withDtype(Dtype other) {
    return new ModelOptions(other, timesteps, pooledProjection, headWidth);
  }
}
