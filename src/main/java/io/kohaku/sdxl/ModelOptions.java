package io.kohaku.sdxl;

import io.kohaku.tensor.Dtype;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How the frozen networks are set up.
 *
 * @param dtype the type of the frozen weights and so of all products: F32, BF16 or F16
 * @param timesteps divisor of the timestep embedding
 * @param pooledProjection direction of the pooled projection
 * @param headWidth channels of one attention head, where the checkpoint does not say and it is not
 *     64
 */
public record ModelOptions(
    Dtype dtype, Timesteps timesteps, PooledProjection pooledProjection, OptionalLong headWidth) {
  /** The number of the checkpoint's metadata that tells the width of an attention head. */
  public static final String HEAD_WIDTH_KEY = "head_width";

  /** Correct networks in float32. */
  public static final ModelOptions DEFAULT =
      new ModelOptions(
          Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.STRAIGHT, OptionalLong.empty());

  /** Checks the dtype. */
  public ModelOptions {
    Objects.requireNonNull(timesteps, "timesteps");
    Objects.requireNonNull(pooledProjection, "pooledProjection");
    if (dtype != Dtype.F32 && dtype != Dtype.BF16 && dtype != Dtype.F16) {
      throw new IllegalArgumentException(
          "Invalid dtype: " + dtype + " (frozen weights are F32, BF16 or F16)");
    }
    if (headWidth.isPresent() && headWidth.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "Invalid head width: " + headWidth.getAsLong() + " (must be at least 1)");
    }
  }

  /** The same with weights of another type. */
  public ModelOptions withDtype(Dtype other) {
    return new ModelOptions(other, timesteps, pooledProjection, headWidth);
  }
}
