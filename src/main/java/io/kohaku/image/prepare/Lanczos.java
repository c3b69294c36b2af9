package io.kohaku.image.prepare;

/**
 * Pillow's Lanczos filter on 8-bit pixels: three lobes, widened when shrinking, in fixed-point
 * arithmetic, across then down with 8-bit pixels in between.
 *
 * <p>For output pixel i of an axis with s = source / target: centre c = (i + 0.5) s, support 3
 * max(s, 1), weights sinc(x) sinc(x / 3) at x = (j + 0.5 - c) / max(s, 1), normalised to 1 and
 * rounded to 22 fractional bits.
 */
final class Lanczos {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << FRACTION_BITS - 1;

  private final int fromWidth;
  private final int fromHeight;
  private final int width;
  private final int height;

  Lanczos(int fromWidth, int fromHeight, int width, int height) {
    this.fromWidth = fromWidth;
    this.fromHeight = fromHeight;
    this.width = width;
    this.height = height;
  }

  /** From {@code [fromHeight, fromWidth, 3]} to {@code [height, width, 3]}. */
  byte[] resize(byte[] pixels) {
    byte[] across = fromWidth == width ? pixels : across(pixels);
    return fromHeight == height ? across : down(across);
  }

  private byte[] across(byte[] pixels) {
    Weights weights = Weights.of(fromWidth, width);
    byte[] out = new byte[fromHeight * width * 3];
    for (int y = 0; y < fromHeight; y++) {
      for (int x = 0; x < width; x++) {
        int from = (y * fromWidth + weights.first[x]) * 3;
        write(out, (y * width + x) * 3, pixels, from, 3, weights.values[x]);
      }
    }
    return out;
  }

  private byte[] down(byte[] pixels) {
    Weights weights = Weights.of(fromHeight, height);
    byte[] out = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int from = (weights.first[y] * width + x) * 3;
        write(out, (y * width + x) * 3, pixels, from, width * 3, weights.values[y]);
      }
    }
    return out;
  }

  private static void write(byte[] out, int to, byte[] in, int from, int stride, int[] weights) {
    for (int channel = 0; channel < 3; channel++) {
      int sum = HALF;
      int at = from + channel;
      for (int weight : weights) {
        sum += (in[at] & 0xFF) * weight;
        at += stride;
      }
      out[to + channel] = (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
    }
  }

  /** For each output pixel, its first source pixel and the weights from there on. */
  private record Weights(int[] first, int[][] values) {
    static Weights of(int from, int to) {
      Weights weights = new Weights(new int[to], new int[to][]);
      double scale = (double) from / to;
      double widening = Math.max(scale, 1);
      double support = 3 * widening;
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int first = Math.max(0, (int) (centre - support + 0.5));
        int end = Math.min(from, (int) (centre + support + 0.5));
        weights.first[i] = first;
        weights.values[i] = normalised(first, end, centre, widening);
      }
      return weights;
    }

    private static int[] normalised(int first, int end, double centre, double widening) {
      double[] exact = new double[end - first];
      double sum = 0;
      for (int j = 0; j < exact.length; j++) {
        exact[j] = lanczos((j + first - centre + 0.5) * (1 / widening));
        sum += exact[j];
      }
      int[] fixed = new int[exact.length];
      for (int j = 0; j < exact.length; j++) {
        double scaled = (sum == 0 ? exact[j] : exact[j] / sum) * (1 << FRACTION_BITS);
        fixed[j] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      return fixed;
    }

    private static double lanczos(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }

    private static double sinc(double x) {
      return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
  }
}
