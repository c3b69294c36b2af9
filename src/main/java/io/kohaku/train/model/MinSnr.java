package io.kohaku.train.model;

import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;

/**
 * Loss weights that keep easy timesteps from dominating the loss ("Efficient Diffusion Training via
 * Min-SNR Weighting Strategy", equation 5).
 *
 * <p>min(SNR, γ)/SNR for a predicted noise, min(SNR, γ)/(SNR + 1) for a predicted velocity.
 *
 * @param gamma γ, usually 5; 0 switches weighting off
 */
public record MinSnr(double gamma) {
  /** Checks γ. */
  public MinSnr {
    if (!(gamma >= 0)) {
      throw new IllegalArgumentException(
          "Invalid gamma: %s (must not be negative)".formatted(gamma));
    }
  }

  /** The weight of every timestep. */
  public float[] weights(NoiseSchedule schedule, Prediction type) {
    float[] weights = new float[NoiseSchedule.TIMESTEPS];
    for (int t = 0; t < weights.length; t++) {
      weights[t] = gamma == 0 ? 1 : weight(signalToNoise(schedule.alphaCumulative(t)), type);
    }
    return weights;
  }

  /** (√ᾱ/√(1−ᾱ))², rounded to float32 at each step as the reference does. */
  private static float signalToNoise(float alpha) {
    float ratio = (float) Math.sqrt(alpha) / (float) Math.sqrt(1 - alpha);
    return ratio * ratio;
  }

  private float weight(float ratio, Prediction type) {
    float bound = (float) gamma;
    return switch (type) {
      case EPSILON -> Math.min(bound / ratio, 1);
      case VELOCITY -> Math.min(bound, ratio) / (ratio + 1);
    };
  }
}
