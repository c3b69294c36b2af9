package io.kohaku.post;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * One post, whatever its source; texts may point into a buffer that the next post reuses.
 *
 * @param createdAt as written in the source; empty if it gives none
 * @param fileSize in bytes
 * @param imageWidth in pixels
 * @param imageHeight in pixels
 * @param md5 of the file, or null if the source does not show it
 * @param visible whether the source shows the file's md5 or its address
 * @param banned banned or taken down
 * @param tags one {@link TagText} for each {@link TagCategory}
 */
public record Post(
    long id,
    UTF8String createdAt,
    Rating rating,
    int score,
    int favCount,
    UTF8String fileExt,
    long fileSize,
    int imageWidth,
    int imageHeight,
    UTF8String md5,
    boolean visible,
    boolean deleted,
    boolean banned,
    UTF8String[] tags) {

  public UTF8String tags(TagCategory category) {
    return tags[category.ordinal()];
  }

  public double aspect() {
    return (double) imageWidth / imageHeight;
  }
}
