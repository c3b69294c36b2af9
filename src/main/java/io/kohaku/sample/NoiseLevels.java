package io.kohaku.sample;

import io.kohaku.sdxl.NoiseSchedule;

/** Noise level and timestep of SDXL's schedule, each as a continuous function of the other. */
final class NoiseLevels {
  private static final double[] LN_SIGMAS = new double[NoiseSchedule.TIMESTEPS];

  static {
    for (int t = 0; t < LN_SIGMAS.length; t++) {
      LN_SIGMAS[t] = Math.log(NoiseSchedule.SDXL.sigma(t));
    }
  }

  private NoiseLevels() {}

  static double lowest() {
    return NoiseSchedule.SDXL.sigma(0);
  }

  static double highest() {
    return NoiseSchedule.SDXL.sigma(NoiseSchedule.TIMESTEPS - 1);
  }

  /** The level at a timestep that need not be whole; linear in ln σ between whole ones. */
  static double sigmaAt(double timestep) {
    int low = (int) Math.floor(timestep);
    int high = Math.min(low + 1, LN_SIGMAS.length - 1);
    double share = timestep - low;
    return Math.exp((1 - share) * LN_SIGMAS[low] + share * LN_SIGMAS[high]);
  }

  /** The timestep at which the noise has this level, between the first and the last. */
  static double timestepAt(double sigma) {
    double ln = Math.log(sigma);
    int high = 1;
    while (high < LN_SIGMAS.length - 1 && LN_SIGMAS[high] < ln) {
      high++;
    }
    double share = (ln - LN_SIGMAS[high - 1]) / (LN_SIGMAS[high] - LN_SIGMAS[high - 1]);
    return high - 1 + Math.min(1, Math.max(0, share));
  }
}
