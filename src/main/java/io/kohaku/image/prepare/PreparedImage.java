package io.kohaku.image.prepare;

import io.kohaku.image.Placement;

/**
 * An image brought to its bucket.
 *
 * @param placement how it was resized and cropped
 * @param rgb {@code [height, width, 3]} bytes of the bucket's size, red first
 */
public record PreparedImage(Placement placement, byte[] rgb) {}
