package io.kohaku.settings;

import io.kohaku.settings.binding.Bytes;
import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * Where the images are and how they become pixels of a bucket's size.
 *
 * @param shards tar archives, folders of them, or folders of {@code <id>.<extension>} files
 * @param maxBytes longest image file that is read
 * @param maxPixels most pixels, of the stored or of the resized image, that are decoded
 * @param maxSide longest side in pixels that is decoded
 * @param maxFrames most frames of a still; an image with more counts as animated
 * @param alpha what becomes of transparency
 * @param background colour under transparent pixels, as RRGGBB
 * @param orientation whether the EXIF orientation is applied
 * @param resize the filters for shrinking and enlarging
 * @param shrinkOnLoad whether JPEGs are decoded at a half, quarter or eighth of their size where
 *     that suffices
 * @param buckets the sizes that images are brought to
 */
public record ImageSettings(
    @How @Place List<String> shards,
    @What @Bytes @Range(min = 1, max = 1 << 30) long maxBytes,
    @What @Range(min = 1) long maxPixels,
    @What @Range(min = 1) int maxSide,
    @What @Range(min = 1) int maxFrames,
    @What Alpha alpha,
    @What String background,
    @What Orientation orientation,
    @What Resize resize,
    @What boolean shrinkOnLoad,
    @What BucketSettings buckets)
    implements Serializable, Checked {

  /** What becomes of transparency. */
  public enum Alpha {
    /** Laid over the background colour. */
    COMPOSITE,
    /** Left out, which shows whatever colour the transparent pixels hide. */
    DROP
  }

  /** What becomes of the EXIF orientation. */
  public enum Orientation {
    /** The image is turned upright. */
    APPLY,
    /** The pixels stay as they are stored. */
    IGNORE
  }

  /** The filters for shrinking and enlarging. */
  public enum Resize {
    /** OpenCV's INTER_AREA both ways. */
    AREA,
    /** INTER_AREA unless an axis is enlarged, then Pillow's Lanczos. */
    AREA_DOWN_LANCZOS_UP
  }

  public ImageSettings {
    shards = List.copyOf(shards);
  }

  @Override
  public void check(Problems problems) {
    if (!background.matches("[0-9a-fA-F]{6}")) {
      problems.add("background", background, "must be six hexadecimal digits, RRGGBB");
    }
  }

  /** The same without the places of images: what an image's bytes need to become pixels. */
  public ImageSettings withoutShards() {
    return new ImageSettings(
        List.of(),
        maxBytes,
        maxPixels,
        maxSide,
        maxFrames,
        alpha,
        background,
        orientation,
        resize,
        shrinkOnLoad,
        buckets);
  }

  /** What of these settings changes pixels, for the key that latents are cached under. */
  public String pixelKey() {
    return "alpha=%s background=%s orientation=%s resize=%s shrink-on-load=%s %s"
        .formatted(
            alpha,
            background.toLowerCase(Locale.ROOT),
            orientation,
            resize,
            shrinkOnLoad,
            buckets.key());
  }
}
