package io.kohaku.sample;

import io.kohaku.sdxl.NoiseSchedule;

/** Noise level and timestep of a schedule, each as a continuous function of the other. */
final class NoiseLevels {
  /** SDXL's levels. */
  static final NoiseLevels SDXL = new NoiseLevels(NoiseSchedule.SDXL);

  /**
   * The least share of the signal, where user interfaces end a schedule whose last timestep is
   * noise alone: σ is then about 4519 instead of infinite.
   */
  private static final double LEAST_SIGNAL = 4.8973451890853435e-8;

  private final double[] lnSigmas = new double[NoiseSchedule.TIMESTEPS];

  NoiseLevels(NoiseSchedule schedule) {
    double highest = Math.sqrt((1 - LEAST_SIGNAL) / LEAST_SIGNAL);
    for (int t = 0; t < lnSigmas.length; t++) {
      lnSigmas[t] = Math.log(Math.min(highest, schedule.sigma(t)));
    }
  }

  double lowest() {
    return Math.exp(lnSigmas[0]);
  }

  double highest() {
    return Math.exp(lnSigmas[lnSigmas.length - 1]);
  }

  /** The level at a timestep that need not be whole; linear in ln σ between whole ones. */
  double sigmaAt(double timestep) {
    int low = (int) Math.floor(timestep);
    int high = Math.min(low + 1, lnSigmas.length - 1);
    double share = timestep - low;
    return Math.exp((1 - share) * lnSigmas[low] + share * lnSigmas[high]);
  }

  /** The timestep at which the noise has this level, between the first and the last. */
  double timestepAt(double sigma) {
    double ln = Math.log(sigma);
    int high = 1;
    while (high < lnSigmas.length - 1 && lnSigmas[high] < ln) {
      high++;
    }
    double share = (ln - lnSigmas[high - 1]) / (lnSigmas[high] - lnSigmas[high - 1]);
    return high - 1 + Math.min(1, Math.max(0, share));
  }
}
