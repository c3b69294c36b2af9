package io.kohaku.tensor;

import java.util.Arrays;

/**
 * One tensor of a safetensors file.
 *
 * @param name its name
 * @param dtype its element type as stored
 * @param shape its dimensions, none for a scalar; row-major
 * @param begin its first byte, counted from the start of the data
 * @param end the byte after its last
 */
public record TensorInfo(String name, Dtype dtype, long[] shape, long begin, long end) {
  /** Copies the shape. */
  public TensorInfo {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Bytes as stored. */
  public long size() {
    return end - begin;
  }

  /** Number of elements. */
  public long elements() {
    return elements(shape);
  }

  public static long elements(long... shape) {
    long count = 1;
    for (long dimension : shape) {
      count = Math.multiplyExact(count, dimension);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && begin == that.begin
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "%s %s%s".formatted(name, dtype, Arrays.toString(shape));
  }
}
