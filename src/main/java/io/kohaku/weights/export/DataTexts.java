package io.kohaku.weights.export;

import static io.kohaku.weights.export.KohyaText.text;

import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.captions.AugmentationSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;

/** What the header says of the images and words that were trained on. */
final class DataTexts {
  private static final String DATASET = "kohaku";

  private DataTexts() {}

  static Map<String, String> of(
      Settings settings, SortedMap<String, Long> buckets, Map<String, Long> tags) {
    Map<String, String> texts = new LinkedHashMap<>();
    captions(texts, settings.captions().augmentation());
    if (!tags.isEmpty()) {
      texts.put("ss_tag_frequency", KohyaText.json(Map.of(DATASET, tags)));
    }
    sizes(texts, settings.images().buckets());
    images(texts, buckets);
    texts.put("ss_cache_latents", text(true));
    return texts;
  }

  private static void captions(Map<String, String> texts, AugmentationSettings words) {
    texts.put("ss_shuffle_caption", text(words.shuffle()));
    texts.put("ss_keep_tokens", text(words.keepTokens().orElse(0)));
    texts.put("ss_caption_dropout_rate", text(words.captionDropout()));
    texts.put("ss_caption_dropout_every_n_epochs", text(words.captionDropoutEveryEpochs()));
    texts.put("ss_caption_tag_dropout_rate", text(words.tagDropout()));
  }

  private static void sizes(Map<String, String> texts, BucketSettings sizes) {
    texts.put("ss_resolution", "(%d, %d)".formatted(sizes.width(), sizes.height()));
    texts.put("ss_enable_bucket", text(true));
    texts.put("ss_bucket_no_upscale", text(!sizes.upscale()));
    texts.put("ss_min_bucket_reso", text(sizes.upscale() ? sizes.minSide() : null));
    texts.put("ss_max_bucket_reso", text(sizes.upscale() ? sizes.maxSide() : null));
    texts.put("ss_color_aug", text(false));
    texts.put("ss_flip_aug", text(false));
    texts.put("ss_random_crop", text(false));
    texts.put("ss_face_crop_aug_range", text(null));
  }

  private static void images(Map<String, String> texts, SortedMap<String, Long> buckets) {
    long images = buckets.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Object> folder = ordered("n_repeats", 1, "img_count", images);
    texts.put("ss_dataset_dirs", KohyaText.json(Map.of(DATASET, folder)));
    texts.put("ss_reg_dataset_dirs", "{}");
    Map<String, Object> bucketInfo = new LinkedHashMap<>();
    buckets.forEach(
        (size, count) -> {
          String[] sides = size.split("x");
          int[] resolution = {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
          bucketInfo.put(
              text(bucketInfo.size()), ordered("resolution", resolution, "count", count));
        });
    texts.put("ss_bucket_info", KohyaText.json(Map.of("buckets", bucketInfo)));
  }

  private static Map<String, Object> ordered(
      String first, Object one, String second, Object other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, other);
    return map;
  }
}
