package io.kohaku.sample;

import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;

/**
 * What the U-Net was trained to answer, and on which noise levels: how the denoised latents D
 * follow from latents {@code x = z + σ ε} and the answer.
 *
 * <p>Noise: {@code D = x - σ·answer}. Velocity {@code sqrt ᾱ ε - sqrt(1 - ᾱ) z}: {@code D = x / (σ²
 * + 1) - σ / sqrt(σ² + 1)·answer}.
 *
 * @param levels noise level of each timestep
 */
public record Answer(Prediction prediction, NoiseLevels levels, boolean zeroTerminal) {
  /** What SDXL was trained on. */
  public static final Answer NOISE = of(Prediction.EPSILON, false);

  /** The answer of a network trained with these settings. */
  public static Answer of(Prediction prediction, boolean zeroTerminal) {
    NoiseLevels levels =
        zeroTerminal ? new NoiseLevels(NoiseSchedule.SDXL.zeroTerminal()) : NoiseLevels.SDXL;
    return new Answer(prediction, levels, zeroTerminal);
  }

  /** The coefficient of the latents in D. */
  double latents(double sigma) {
    return prediction == Prediction.EPSILON ? 1 : 1 / (sigma * sigma + 1);
  }

  /** The coefficient of the answer in D. */
  double answer(double sigma) {
    return prediction == Prediction.EPSILON ? -sigma : -sigma / Math.sqrt(sigma * sigma + 1);
  }
}
