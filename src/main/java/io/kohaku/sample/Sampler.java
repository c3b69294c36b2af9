package io.kohaku.sample;

import java.util.ArrayList;
import java.util.List;

/**
 * The samplers, each as a table of steps made from the noise levels alone.
 *
 * <p>All of them are linear in the latents and in what the U-Net predicts, which is why a table is
 * enough. Names and formulas follow k-diffusion.
 */
public enum Sampler {
  /** Karras et al. 2022, algorithm 2 without the second-order correction. */
  EULER("Euler") {
    @Override
    SamplerStep step(double before, double from, double to) {
      return towards(from, to, 0);
    }
  },
  /** Euler with part of the noise removed and drawn anew (ancestral, η = 1). */
  EULER_A("Euler a") {
    @Override
    SamplerStep step(double before, double from, double to) {
      double up = Math.min(to, Math.sqrt(to * to * (from * from - to * to) / (from * from)));
      return towards(from, Math.sqrt(to * to - up * up), up);
    }
  },
  /** DPM-Solver++ of second order, multistep (Lu et al. 2022). */
  DPM_PLUS_PLUS_2M("DPM++ 2M") {
    @Override
    SamplerStep step(double before, double from, double to) {
      if (Double.isNaN(before) || to == 0) {
        return towards(from, to, 0);
      }
      double share = 1 - to / from;
      double history = 0.5 / ratio(before, from, to);
      return new SamplerStep(from, to / from, share * (1 + history), -share * history, 0);
    }
  },
  /** The stochastic version of the same (midpoint, η = 1). */
  DPM_PLUS_PLUS_2M_SDE("DPM++ 2M SDE") {
    @Override
    SamplerStep step(double before, double from, double to) {
      if (to == 0) {
        return new SamplerStep(from, 0, 1, 0, 0);
      }
      double decay = to / from;
      double share = 1 - decay * decay;
      double history = Double.isNaN(before) ? 0 : 0.5 * share / ratio(before, from, to);
      double noise = to * Math.sqrt(1 - decay * decay);
      return new SamplerStep(from, decay * decay, share + history, -history, noise);
    }
  };

  private final String label;

  Sampler(String label) {
    this.label = label;
  }

  /** The name that user interfaces write into pictures. */
  public String label() {
    return label;
  }

  /** The steps from each noise level to the next. */
  final List<SamplerStep> steps(double[] levels) {
    List<SamplerStep> steps = new ArrayList<>();
    for (int i = 0; i + 1 < levels.length; i++) {
      steps.add(step(i == 0 ? Double.NaN : levels[i - 1], levels[i], levels[i + 1]));
    }
    return steps;
  }

  /**
   * The step from one level to the next.
   *
   * @param before the level before {@code from}, NaN in the first step
   */
  abstract SamplerStep step(double before, double from, double to);

  /** Along the line through x and D, from σ to {@code to}; then {@code noise} fresh noise. */
  private static SamplerStep towards(double from, double to, double noise) {
    return new SamplerStep(from, to / from, 1 - to / from, 0, noise);
  }

  /** Length of the step before over the length of this one, in -ln σ. */
  private static double ratio(double before, double from, double to) {
    return Math.log(before / from) / Math.log(from / to);
  }
}
