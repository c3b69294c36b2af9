package io.kohaku.image.prepare;

import java.util.Arrays;

/**
 * Shrinks one row of pixels of three channels to a third or more of its length.
 *
 * <p>All target pixels have as many weights, three or four, some of them 0, so that the loop over
 * weights has a fixed length. Sums go in the order of the source pixels, each rounded to float32.
 */
final class AreaRow {
  private static final int CHANNELS = 3;
  private static final float[] VALUES = new float[256];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      VALUES[i] = i;
    }
  }

  private final int taps;
  private final int[] first;
  private final float[] weights;

  /** Takes at most four weights for each pixel. */
  AreaRow(AreaWeights across) {
    int most = Arrays.stream(across.values()).mapToInt(values -> values.length).max().orElseThrow();
    taps = Math.max(3, most);
    first = Arrays.stream(across.first()).map(pixel -> pixel * CHANNELS).toArray();
    weights = new float[first.length * taps];
    for (int i = 0; i < first.length; i++) {
      float[] values = across.values()[i];
      System.arraycopy(values, 0, weights, i * taps, values.length);
    }
  }

  /** Bytes behind a row that are read, and multiplied by 0. */
  int readsBeyond() {
    return taps * CHANNELS;
  }

  /** Shrinks the row whose bytes begin at {@code start}. */
  void shrink(byte[] rows, int start, float[] out) {
    if (taps == 3) {
      three(rows, start, out);
    } else {
      four(rows, start, out);
    }
  }

  private void three(byte[] in, int start, float[] out) {
    for (int i = 0; i < first.length; i++) {
      int at = start + first[i];
      float a = weights[3 * i];
      float b = weights[3 * i + 1];
      float c = weights[3 * i + 2];
      float blue = VALUES[in[at] & 0xFF] * a;
      float green = VALUES[in[at + 1] & 0xFF] * a;
      float red = VALUES[in[at + 2] & 0xFF] * a;
      blue += VALUES[in[at + 3] & 0xFF] * b;
      green += VALUES[in[at + 4] & 0xFF] * b;
      red += VALUES[in[at + 5] & 0xFF] * b;
      out[3 * i] = blue + VALUES[in[at + 6] & 0xFF] * c;
      out[3 * i + 1] = green + VALUES[in[at + 7] & 0xFF] * c;
      out[3 * i + 2] = red + VALUES[in[at + 8] & 0xFF] * c;
    }
  }

  private void four(byte[] in, int start, float[] out) {
    for (int i = 0; i < first.length; i++) {
      int at = start + first[i];
      float a = weights[4 * i];
      float b = weights[4 * i + 1];
      float c = weights[4 * i + 2];
      float d = weights[4 * i + 3];
      float blue = VALUES[in[at] & 0xFF] * a;
      float green = VALUES[in[at + 1] & 0xFF] * a;
      float red = VALUES[in[at + 2] & 0xFF] * a;
      blue += VALUES[in[at + 3] & 0xFF] * b;
      green += VALUES[in[at + 4] & 0xFF] * b;
      red += VALUES[in[at + 5] & 0xFF] * b;
      blue += VALUES[in[at + 6] & 0xFF] * c;
      green += VALUES[in[at + 7] & 0xFF] * c;
      red += VALUES[in[at + 8] & 0xFF] * c;
      out[3 * i] = blue + VALUES[in[at + 9] & 0xFF] * d;
      out[3 * i + 1] = green + VALUES[in[at + 10] & 0xFF] * d;
      out[3 * i + 2] = red + VALUES[in[at + 11] & 0xFF] * d;
    }
  }
}
