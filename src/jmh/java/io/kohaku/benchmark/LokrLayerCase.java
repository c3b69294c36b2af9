package io.kohaku.benchmark;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * A kind of layer of SDXL at 1024x1024 pixels.
 *
 * @param name where it is
 * @param weight [out, in] or [out, in, 3, 3]
 * @param vectors output vectors of one image: tokens, or pixels of a convolution
 * @param perImage whether the vectors shrink with the resolution
 */
record LokrLayerCase(String name, Shape weight, long vectors, boolean perImage) {

  /** One of each kind whose shapes differ. */
  static final List<LokrLayerCase> SDXL =
      List.of(
          tokens("attention 640", 640, 640, 4096),
          tokens("attention 1280", 1280, 1280, 1024),
          text("cross attention k 640", 640, 2048, 227),
          text("cross attention k 1280", 1280, 2048, 227),
          tokens("feed-forward in 640", 5120, 640, 4096),
          tokens("feed-forward out 640", 640, 2560, 4096),
          tokens("feed-forward in 1280", 10240, 1280, 1024),
          tokens("feed-forward out 1280", 1280, 5120, 1024),
          text("embedding 1280", 1280, 1280, 1),
          text("bigG attention", 1280, 1280, 231),
          text("bigG feed-forward", 5120, 1280, 231),
          convolution("residual 320", 320, 320, 128),
          convolution("residual 640", 640, 640, 64),
          convolution("residual 1280", 1280, 1280, 32),
          convolution("residual 2560 to 1280", 1280, 2560, 32));

  boolean isConvolution() {
    return weight.dimension() == 4;
  }

  /** Side of the image that a convolution sees, made smaller by {@code shrink} pixels to one. */
  long side(long shrink) {
    return Math.max(4, Math.round(Math.sqrt((double) vectors / shrink)));
  }

  private static LokrLayerCase tokens(String name, long out, long in, long vectors) {
    return new LokrLayerCase(name, new Shape(out, in), vectors, true);
  }

  private static LokrLayerCase text(String name, long out, long in, long vectors) {
    return new LokrLayerCase(name, new Shape(out, in), vectors, false);
  }

  private static LokrLayerCase convolution(String name, long out, long in, long side) {
    return new LokrLayerCase(name, new Shape(out, in, 3, 3), side * side, true);
  }
}
