package io.kohaku.image.prepare;

import java.util.Arrays;

/**
 * How much of each source pixel goes into each pixel of a shrunken axis, as OpenCV's {@code
 * INTER_AREA} has it.
 *
 * <p>Pixel d covers the source from d s to (d + 1) s, s = from / to: its weights are the covered
 * parts of the source pixels over s. Parts below a thousandth are left out.
 *
 * @param first for each target pixel the first source pixel
 * @param values for each target pixel the weights from there on
 */
record AreaWeights(int[] first, float[][] values) {
  private static final double LEAST_PART = 1e-3;

  /** The weights of {@code count} target pixels from {@code begin} on. */
  static AreaWeights of(int from, int to, int begin, int count) {
    int[] first = new int[count];
    float[][] values = new float[count][];
    double scale = 1 / ((double) to / from); // Rounded twice, as OpenCV does.
    for (int i = 0; i < count; i++) {
      double left = (begin + i) * scale;
      double right = left + scale;
      double width = Math.min(scale, from - left);
      int last = Math.min((int) Math.floor(right), from - 1);
      int whole = Math.min((int) Math.ceil(left), last);
      boolean partBefore = whole - left > LEAST_PART;
      boolean partAfter = right - last > LEAST_PART;
      first[i] = partBefore ? whole - 1 : whole;
      float[] weights = new float[last - first[i] + (partAfter ? 1 : 0)];
      Arrays.fill(weights, (float) (1 / width));
      if (partBefore) {
        weights[0] = (float) ((whole - left) / width);
      }
      if (partAfter) {
        double part = Math.min(Math.min(right - last, 1), width);
        weights[weights.length - 1] = (float) (part / width);
      }
      values[i] = weights;
    }
    return new AreaWeights(first, values);
  }
}
