package io.kohaku.post;

import java.util.Arrays;
import org.apache.spark.unsafe.types.UTF8String;

/** The fields of a post while its source is read; one draft serves all posts of a task. */
public final class PostDraft {
  private static final long ABSENT = Long.MIN_VALUE;

  /** Bit of {@code bit_flags} for a post that was taken down. */
  private static final long TAKEN_DOWN = 4;

  public long id;
  public UTF8String createdAt;
  public Rating rating;
  public long score;
  public long favCount;

  /** How many favourites an old dump lists, which counts if there is no {@code fav_count}. */
  public long favourites;

  public UTF8String fileExt;
  public long fileSize;
  public long imageWidth;
  public long imageHeight;
  public UTF8String md5;
  public boolean fileUrl;
  public boolean deleted;
  public boolean banned;
  public long bitFlags;
  public final UTF8String[] tags = new UTF8String[TagCategory.values().length];

  public PostDraft() {
    clear();
  }

  public void clear() {
    id = ABSENT;
    createdAt = UTF8String.EMPTY_UTF8;
    rating = null;
    score = 0;
    favCount = ABSENT;
    favourites = ABSENT;
    fileExt = null;
    fileSize = 0;
    imageWidth = ABSENT;
    imageHeight = ABSENT;
    md5 = null;
    fileUrl = false;
    deleted = false;
    banned = false;
    bitFlags = 0;
    Arrays.fill(tags, null);
  }

  public boolean hasId() {
    return id != ABSENT;
  }

  /** The post, once its source has given all fields that it must have. */
  public Post post() {
    requireId();
    if (rating == null) {
      throw new MalformedPostException("Missing field: rating");
    }
    if (fileExt == null) {
      throw new MalformedPostException("Missing field: file_ext");
    }
    if (tags[TagCategory.GENERAL.ordinal()] == null) {
      throw new MalformedPostException("Missing field: tag_string_general");
    }
    for (int i = 0; i < tags.length; i++) {
      tags[i] = tags[i] == null ? TagText.NONE : tags[i];
    }
    UTF8String hash = FileHash.of(md5);
    return new Post(
        id,
        createdAt,
        rating,
        within("score", score, Integer.MIN_VALUE),
        whole("fav_count", favCount == ABSENT ? favourites : favCount, 0),
        fileExt,
        fileSize,
        whole("image_width", imageWidth, 1),
        whole("image_height", imageHeight, 1),
        hash,
        hash != null || fileUrl,
        deleted,
        banned || (bitFlags & TAKEN_DOWN) != 0,
        tags);
  }

  public void requireId() {
    if (!hasId()) {
      throw new MalformedPostException("Missing field: id");
    }
    if (id < 0) {
      throw new MalformedPostException("Invalid id: " + id + " (must be at least 0)");
    }
  }

  private static int whole(String field, long value, int least) {
    if (value == ABSENT) {
      throw new MalformedPostException("Missing field: " + field);
    }
    return within(field, value, least);
  }

  private static int within(String field, long value, int least) {
    if (value < least || value > Integer.MAX_VALUE) {
      throw new MalformedPostException(
          "Invalid %s: %s (must be between %s and %s)"
              .formatted(field, value, least, Integer.MAX_VALUE));
    }
    return (int) value;
  }
}
