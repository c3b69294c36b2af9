package io.kohaku.image;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One size in pixels that images are trained at; ordered by width, then height.
 *
 * @param width pixels
 * @param height pixels
 */
public record Bucket(int width, int height) implements Comparable<Bucket>, Serializable {
  private static final Comparator<Bucket> ORDER =
      Comparator.comparingInt(Bucket::width).thenComparingInt(Bucket::height);

  /** The bucket that {@link #name()} wrote. */
  public static Bucket parse(String name) {
    String[] sides = name.split("x", -1);
    try {
      return new Bucket(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "Invalid bucket: " + name + " (must be <width>x<height>)", e);
    }
  }

  /** {@code <width>x<height>}. */
  public String name() {
    return width + "x" + height;
  }

  /** Width over height. */
  double aspectRatio() {
    return (double) width / height;
  }

  @Override
  public int compareTo(Bucket other) {
    return ORDER.compare(this, other);
  }
}
