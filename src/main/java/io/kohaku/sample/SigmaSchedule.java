package io.kohaku.sample;

import io.kohaku.sdxl.NoiseSchedule;

/** The falling noise levels that a sampler walks through. */
public enum SigmaSchedule {
  /** Timesteps evenly spaced from the last to the first, interpolated in ln σ. */
  DISCRETE("Automatic") {
    @Override
    double[] levels(NoiseLevels noise, int steps) {
      double[] levels = new double[steps + 1];
      for (int i = 0; i < steps; i++) {
        double last = NoiseSchedule.TIMESTEPS - 1;
        levels[i] = noise.sigmaAt(steps == 1 ? last : last - last * i / (steps - 1));
      }
      return levels;
    }
  },
  /** Evenly spaced in σ^(1/7) (Karras et al. 2022, equation 5). */
  KARRAS("Karras") {
    @Override
    double[] levels(NoiseLevels noise, int steps) {
      double top = Math.pow(noise.highest(), 1 / RHO);
      double bottom = Math.pow(noise.lowest(), 1 / RHO);
      double[] levels = new double[steps + 1];
      for (int i = 0; i < steps; i++) {
        double at = steps == 1 ? 0 : (double) i / (steps - 1);
        levels[i] = Math.pow(top + at * (bottom - top), RHO);
      }
      return levels;
    }
  };

  private static final double RHO = 7;

  private final String label;

  SigmaSchedule(String label) {
    this.label = label;
  }

  /** The name that user interfaces write into pictures. */
  public String label() {
    return label;
  }

  /** The levels of {@code noise} before each of {@code steps} steps, and 0 after the last. */
  abstract double[] levels(NoiseLevels noise, int steps);
}
