package io.kohaku.sample;

import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;

/**
 * What the U-Net was trained to predict, and on which noise levels: how the denoised latents D
 * follow from latents {@code x = z + σ ε} and its output F, {@code D = c_skip·x + c_out·F} (Karras
 * et al. 2022, equation 7).
 *
 * <p>Noise: {@code D = x - σ·F}. Velocity {@code sqrt ᾱ ε - sqrt(1 - ᾱ) z}: {@code D = x / (σ² + 1)
 * - σ / sqrt(σ² + 1)·F}.
 *
 * @param levels noise level of each timestep
 */
public record Preconditioning(Prediction prediction, NoiseLevels levels, boolean zeroTerminal) {
  /** What SDXL was trained on. */
  public static final Preconditioning EPSILON_OF_SDXL = of(Prediction.EPSILON, false);

  /** What fits a network trained with these settings. */
  public static Preconditioning of(Prediction prediction, boolean zeroTerminal) {
    NoiseLevels levels =
        zeroTerminal ? new NoiseLevels(NoiseSchedule.SDXL.zeroTerminal()) : NoiseLevels.SDXL;
    return new Preconditioning(prediction, levels, zeroTerminal);
  }

  /** c_skip, the coefficient of the latents in D. */
  double skip(double sigma) {
    return prediction == Prediction.EPSILON ? 1 : 1 / (sigma * sigma + 1);
  }

  /** c_out, the coefficient of the output in D. */
  double output(double sigma) {
    return prediction == Prediction.EPSILON ? -sigma : -sigma / Math.sqrt(sigma * sigma + 1);
  }
}
