package io.kohaku.sdxl.layout;

/**
 * A tensor that a segment needs, and where a checkpoint keeps it.
 *
 * @param name its name within the segment
 * @param key its name in a single-file checkpoint
 * @param shape its shape
 * @param third which third of the rows of the checkpoint's tensor it is: 0 query, 1 key, 2 value of
 *     a fused projection; {@value #WHOLE} where the checkpoint's tensor is it
 */
public record Weight(String name, String key, long[] shape, int third) {
  public static final int WHOLE = -1;

  Weight(String name, String key, long... shape) {
    this(name, key, shape, WHOLE);
  }

  /** The shape of the checkpoint's tensor. */
  public long[] keyShape() {
    long[] whole = shape.clone();
    if (third != WHOLE) {
      whole[0] *= 3;
    }
    return whole;
  }

  /**
   * Whether a module has this as its weight: the matrix or kernel of a layer, a norm's gain; not
   * biases, embeddings without a module, and projections.
   */
  public boolean isModule() {
    return name.endsWith(".weight");
  }
}
