package io.kohaku.image.prepare;

import io.kohaku.image.Placement;
import org.opencv.core.Mat;

/**
 * Shrinks to a bucket's pixels as OpenCV's {@code INTER_AREA} does, bit for bit, but only what the
 * crop keeps, each source row once, and straight to red, green, blue.
 *
 * <p>Each axis weighs source pixels by how much of them a target pixel covers, across and then
 * down, in float32; the result is rounded half to even.
 */
final class AreaShrink {
  private static final int CHANNELS = 3;
  private static final int STRIP_ROWS = 16;
  private static final int LEAST_PART = 3;

  /** Added to a small float, it leaves its whole part in the last bits: 1.5 · 2^23. */
  private static final float ROUNDING = 12_582_912;

  private final Mat bgr;
  private final Placement placement;
  private final byte[] strip;
  private final AreaRow row;
  private final float[] across;
  private int stripBegin;
  private int stripEnd;
  private int acrossRow = -1;

  private AreaShrink(Mat bgr, Placement placement) {
    int width = placement.bucket().width();
    this.bgr = bgr;
    this.placement = placement;
    this.row =
        new AreaRow(
            AreaWeights.of(bgr.cols(), placement.resizedWidth(), placement.cropLeft(), width));
    this.strip = new byte[STRIP_ROWS * bgr.cols() * CHANNELS + row.readsBeyond()];
    this.across = new float[width * CHANNELS];
  }

  /**
   * Whether pixels of this size are shrunk by it. OpenCV is faster below a third of the width and
   * where both axes shrink to a whole part, and does otherwise where one grows.
   */
  static boolean fits(Mat bgr, Placement placement) {
    int width = placement.resizedWidth();
    int height = placement.resizedHeight();
    boolean wholeParts = bgr.cols() % width == 0 && bgr.rows() % height == 0;
    boolean shrinks = width <= bgr.cols() && height <= bgr.rows();
    return shrinks && bgr.cols() < LEAST_PART * width && !wholeParts;
  }

  /** {@code [height, width, 3]} of the placement's bucket, red first. */
  static byte[] rgb(Mat bgr, Placement placement) {
    return new AreaShrink(bgr, placement).rgb();
  }

  private byte[] rgb() {
    int height = placement.bucket().height();
    AreaWeights weights =
        AreaWeights.of(bgr.rows(), placement.resizedHeight(), placement.cropTop(), height);
    float[] sum = new float[across.length];
    byte[] rgb = new byte[height * sum.length];
    for (int y = 0; y < height; y++) {
      float[] values = weights.values()[y];
      for (int i = 0; i < values.length; i++) {
        shrinkRow(weights.first()[y] + i);
        if (i == 0) {
          multiply(sum, across, values[i]);
        } else {
          multiplyAdd(sum, across, values[i]);
        }
      }
      round(sum, rgb, y * sum.length);
    }
    return rgb;
  }

  /** Two target rows may share a source row: it is not shrunk twice. */
  private void shrinkRow(int source) {
    if (source == acrossRow) {
      return;
    }
    if (source >= stripEnd) {
      stripBegin = source;
      stripEnd = Math.min(source + STRIP_ROWS, bgr.rows());
      Mat rows = bgr.rowRange(stripBegin, stripEnd);
      try {
        rows.get(0, 0, strip);
      } finally {
        rows.release();
      }
    }
    row.shrink(strip, (source - stripBegin) * bgr.cols() * CHANNELS, across);
    acrossRow = source;
  }

  private static void multiply(float[] sum, float[] values, float weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = weight * values[i];
    }
  }

  private static void multiplyAdd(float[] sum, float[] values, float weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * values[i];
    }
  }

  private static void round(float[] bgr, byte[] rgb, int to) {
    for (int i = 0; i < bgr.length; i += CHANNELS) {
      rgb[to + i] = rounded(bgr[i + 2]);
      rgb[to + i + 1] = rounded(bgr[i + 1]);
      rgb[to + i + 2] = rounded(bgr[i]);
    }
  }

  /** To the nearest, half to even. */
  private static byte rounded(float value) {
    return (byte) Float.floatToRawIntBits(value + ROUNDING);
  }
}
