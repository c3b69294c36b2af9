package io.kohaku.image;

import io.kohaku.settings.BucketSettings;
import java.util.List;
import java.util.TreeSet;

/**
 * The listed buckets of a resolution: for every width in steps the tallest height that keeps the
 * area, and their transposes (sd-scripts {@code make_bucket_resolutions}).
 */
final class BucketList {
  private BucketList() {}

  /** The buckets in ascending order of width, then height. */
  static List<Bucket> of(BucketSettings settings) {
    long area = (long) settings.width() * settings.height();
    int step = settings.step();
    TreeSet<Bucket> buckets = new TreeSet<>();
    int square = (int) Math.sqrt((double) area) / step * step;
    buckets.add(new Bucket(square, square));
    for (int width = settings.minSide(); width <= settings.maxSide(); width += step) {
      int height = (int) Math.min(settings.maxSide(), area / width / step * step);
      if (height >= settings.minSide()) {
        buckets.add(new Bucket(width, height));
        buckets.add(new Bucket(height, width));
      }
    }
    return List.copyOf(buckets);
  }
}
