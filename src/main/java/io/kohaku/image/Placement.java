package io.kohaku.image;

import java.io.Serializable;

/**
 * How an image is brought to its bucket: resized so that it covers the bucket, then cropped around
 * the centre.
 *
 * @param originalWidth pixels before resizing
 * @param originalHeight pixels before resizing
 * @param resizedWidth pixels after resizing, at least the bucket's
 * @param resizedHeight pixels after resizing, at least the bucket's
 * @param bucket the size after cropping
 */
public record Placement(
    int originalWidth, int originalHeight, int resizedWidth, int resizedHeight, Bucket bucket)
    implements Serializable {

  /** Pixels cut off on the left of the resized image. */
  public int cropLeft() {
    return (resizedWidth - bucket.width()) / 2;
  }

  /** Pixels cut off at the top of the resized image. */
  public int cropTop() {
    return (resizedHeight - bucket.height()) / 2;
  }

  /**
   * The box that sd-scripts calls {@code crop_ltrb} and conditions on: the whole image fitted
   * inside the bucket, so that the margin lies on the axis that is <em>not</em> cropped.
   */
  public LetterBox letterBox() {
    double imageRatio = (double) originalWidth / originalHeight;
    boolean marginAtSides = bucket.aspectRatio() > imageRatio;
    double width = marginAtSides ? bucket.height() * imageRatio : bucket.width();
    double height = marginAtSides ? bucket.height() : bucket.width() / imageRatio;
    double left = Math.floor((bucket.width() - width) / 2);
    double top = Math.floor((bucket.height() - height) / 2);
    return new LetterBox(left, top, left + width, top + height);
  }

  /**
   * An image fitted inside its bucket.
   *
   * @param left pixels
   * @param top pixels
   * @param right pixels, exclusive
   * @param bottom pixels, exclusive
   */
  public record LetterBox(double left, double top, double right, double bottom) {}
}
