package io.kohaku.image;

import io.kohaku.settings.BucketSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the bucket of an image as sd-scripts' {@code select_bucket} does, with and without
 * upscaling.
 *
 * <p>The error that is minimised is on width / height itself, not on its logarithm.
 */
public final class BucketChoice {
  private final BucketSettings settings;
  private final List<Bucket> listed;
  private final Set<Bucket> listedSet;

  /** The choice among these settings' buckets. */
  public BucketChoice(BucketSettings settings) {
    this.settings = settings;
    this.listed = settings.upscale() ? BucketList.of(settings) : List.of();
    this.listedSet = new HashSet<>(listed);
  }

  /**
   * The placement of an image of this size.
   *
   * @throws ImageRejected if the image is smaller than one step and must not be enlarged
   */
  public Placement place(int width, int height) throws ImageRejected {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException(
          "Invalid image size: " + width + "x" + height + " (both sides must be above 0)");
    }
    return settings.upscale() ? placeInListed(width, height) : placeWithoutUpscaling(width, height);
  }

  private Placement placeInListed(int width, int height) {
    double ratio = (double) width / height;
    Bucket exact = new Bucket(width, height);
    Bucket bucket = listedSet.contains(exact) ? exact : nearest(ratio);
    double scale =
        ratio > bucket.aspectRatio()
            ? (double) bucket.height() / height
            : (double) bucket.width() / width;
    return new Placement(
        width, height, (int) (width * scale + 0.5), (int) (height * scale + 0.5), bucket);
  }

  private Bucket nearest(double ratio) {
    Bucket best = listed.get(0);
    for (Bucket bucket : listed) {
      if (Math.abs(bucket.aspectRatio() - ratio) < Math.abs(best.aspectRatio() - ratio)) {
        best = bucket;
      }
    }
    return best;
  }

  private Placement placeWithoutUpscaling(int width, int height) throws ImageRejected {
    long area = (long) settings.width() * settings.height();
    boolean shrink = (long) width * height > area;
    Bucket resized = shrink ? shrunk((double) width / height, area) : new Bucket(width, height);
    Bucket bucket = new Bucket(floorToStep(resized.width()), floorToStep(resized.height()));
    if (bucket.width() == 0 || bucket.height() == 0) {
      throw new ImageRejected(
          RejectReason.TOO_SMALL,
          width + "x" + height + " is below one bucket step of " + settings.step() + " pixels");
    }
    return new Placement(width, height, resized.width(), resized.height(), bucket);
  }

  /** The size of the given ratio and about the given area with one side on a step. */
  private Bucket shrunk(double ratio, long area) {
    double exactWidth = Math.sqrt(area * ratio);
    double exactHeight = area / exactWidth;
    int width = roundToStep(exactWidth);
    double errorByWidth = Math.abs((double) width / roundToStep(width / ratio) - ratio);
    int height = roundToStep(exactHeight);
    double errorByHeight = Math.abs((double) roundToStep(height * ratio) / height - ratio);
    return errorByWidth < errorByHeight
        ? new Bucket(width, (int) (width / ratio + 0.5))
        : new Bucket((int) (height * ratio + 0.5), height);
  }

  private int roundToStep(double length) {
    return floorToStep((int) (length + 0.5));
  }

  private int floorToStep(int length) {
    return length - length % settings.step();
  }
}
