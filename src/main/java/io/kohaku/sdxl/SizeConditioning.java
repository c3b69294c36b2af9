package io.kohaku.sdxl;

/**
 * The six numbers that SDXL is told about an image's size, in the order that it takes them.
 *
 * @param originalHeight pixels before resizing
 * @param originalWidth pixels before resizing
 * @param cropTop the letter box's top, as sd-scripts conditions on it
 * @param cropLeft the letter box's left
 * @param targetHeight the bucket's height
 * @param targetWidth the bucket's width
 */
public record SizeConditioning(
    int originalHeight,
    int originalWidth,
    int cropTop,
    int cropLeft,
    int targetHeight,
    int targetWidth) {
  /** How many they are. */
  public static final int COUNT = 6;

  /** The six numbers. */
  public float[] toArray() {
    return new float[] {
      originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth
    };
  }
}
