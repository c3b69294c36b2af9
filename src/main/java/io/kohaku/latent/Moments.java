package io.kohaku.latent;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.LatentSettings.Posterior;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The distribution that the VAE gives for one image, before scaling.
 *
 * @param mean {@code [4, height / 8, width / 8]}
 * @param deviation standard deviation, of the same shape
 */
public record Moments(float[] mean, float[] deviation) {
  private static final float LEAST_LOG_VARIANCE = -30;
  private static final float GREATEST_LOG_VARIANCE = 20;

  /** From the logarithm of the variance: deviation = exp(clamp(l, -30, 20) / 2). */
  static Moments ofLogVariance(float[] mean, float[] logVariance) {
    float[] deviation = new float[logVariance.length];
    for (int i = 0; i < deviation.length; i++) {
      float clamped = Math.min(GREATEST_LOG_VARIANCE, Math.max(LEAST_LOG_VARIANCE, logVariance[i]));
      deviation[i] = (float) Math.exp(0.5 * clamped);
    }
    return new Moments(mean, deviation);
  }

  /** Of each image of a batch, whose numbers lie one after another. */
  public static List<Moments> ofBatch(float[] means, float[] logVariances, int images) {
    List<Moments> each = new ArrayList<>();
    int size = means.length / images;
    for (int i = 0; i < images; i++) {
      each.add(
          ofLogVariance(
              Arrays.copyOfRange(means, i * size, (i + 1) * size),
              Arrays.copyOfRange(logVariances, i * size, (i + 1) * size)));
    }
    return each;
  }

  /** From the means and the deviations that {@link Posterior#MOMENTS} stores. */
  static Moments ofStored(float[] both) {
    int half = both.length / 2;
    return new Moments(Arrays.copyOf(both, half), Arrays.copyOfRange(both, half, both.length));
  }

  /**
   * Whether there is neither NaN nor infinity in it. A log variance that became infinite is none:
   * it is clamped as the number would be that it stands for.
   */
  public boolean isFinite() {
    return isFinite(mean) && isFinite(deviation);
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** What is stored of it; a sample is seeded by the post's id. */
  public float[] stored(Posterior posterior, long seed) {
    return switch (posterior) {
      case SAMPLE -> sample(seed);
      case MEAN -> mean;
      case MOMENTS -> {
        float[] both = new float[2 * mean.length];
        System.arraycopy(mean, 0, both, 0, mean.length);
        System.arraycopy(deviation, 0, both, mean.length, mean.length);
        yield both;
      }
    };
  }

  /** mean + deviation · N(0, 1), the same on every machine and device for the same seed. */
  public float[] sample(long seed) {
    float[] sample = new float[mean.length];
    SeededStream stream = SeededStream.of(Purpose.MOMENTS, seed);
    for (int i = 0; i < sample.length; i += 2) {
      double radius = Math.sqrt(-2 * Math.log(1 - stream.nextDouble()));
      double angle = 2 * Math.PI * stream.nextDouble();
      sample[i] = (float) (mean[i] + deviation[i] * radius * Math.cos(angle));
      if (i + 1 < sample.length) {
        sample[i + 1] = (float) (mean[i + 1] + deviation[i + 1] * radius * Math.sin(angle));
      }
    }
    return sample;
  }
}
