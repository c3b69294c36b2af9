package io.kohaku.sdxl;

/**
 * How much of a latent is signal and how much is noise at each timestep: {@code x_t = sqrt(ᾱ_t) z +
 * sqrt(1 - ᾱ_t) ε}.
 *
 * <p>SDXL's "scaled linear" schedule: {@code β_t = linspace(sqrt 0.00085, sqrt 0.012, 1000)²},
 * {@code ᾱ_t = Π (1 - β_s)}, in float32 with the product kept in double, as libtorch does.
 */
public final class NoiseSchedule {
  /** Timesteps of training. */
  public static final int TIMESTEPS = 1000;

  /** SDXL's schedule. */
  public static final NoiseSchedule SDXL = scaledLinear(0.00085, 0.012);

  private final float[] alphasCumulative;

  private NoiseSchedule(float[] alphasCumulative) {
    this.alphasCumulative = alphasCumulative;
  }

  /** {@code β} from {@code first} to {@code last}, evenly spaced in its square root. */
  static NoiseSchedule scaledLinear(double first, double last) {
    float start = (float) Math.sqrt(first);
    float end = (float) Math.sqrt(last);
    float step = (end - start) / (TIMESTEPS - 1);
    float[] alphas = new float[TIMESTEPS];
    double product = 1;
    for (int t = 0; t < TIMESTEPS; t++) {
      float root =
          t < TIMESTEPS / 2 ? Math.fma(step, t, start) : Math.fma(-step, TIMESTEPS - 1 - t, end);
      product *= 1 - root * root;
      alphas[t] = (float) product;
    }
    return new NoiseSchedule(alphas);
  }

  /**
   * The same schedule stretched so that the last timestep is noise only ("Common Diffusion Noise
   * Schedules and Sample Steps are Flawed", algorithm 1): {@code s = sqrt ᾱ; s = (s - s_T) s_0 /
   * (s_0 - s_T)}.
   */
  public NoiseSchedule zeroTerminal() {
    float first = (float) Math.sqrt(alphasCumulative[0]);
    float last = (float) Math.sqrt(alphasCumulative[TIMESTEPS - 1]);
    float[] stretched = new float[TIMESTEPS];
    for (int t = 0; t < TIMESTEPS; t++) {
      float root = ((float) Math.sqrt(alphasCumulative[t]) - last) * (first / (first - last));
      stretched[t] = root * root;
    }
    return new NoiseSchedule(stretched);
  }

  /** {@code ᾱ_t}, the share of the signal in the variance, for every timestep. */
  public float[] alphasCumulative() {
    return alphasCumulative.clone();
  }

  /** {@code ᾱ_t}. */
  public float alphaCumulative(int timestep) {
    return alphasCumulative[timestep];
  }

  /** {@code ᾱ_t / (1 - ᾱ_t)}: signal over noise in the variance. */
  public double signalToNoise(int timestep) {
    double alpha = alphasCumulative[timestep];
    return alpha / (1 - alpha);
  }

  /** {@code sqrt((1 - ᾱ_t) / ᾱ_t)}: standard deviation of the noise where the signal has one. */
  public double sigma(int timestep) {
    return Math.sqrt(1 / signalToNoise(timestep));
  }
}
