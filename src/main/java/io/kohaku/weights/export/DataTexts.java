package io.kohaku.weights.export;

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

  static void put(
      KohyaTexts texts,
      Settings settings,
      SortedMap<String, Long> buckets,
      Map<String, Long> tags) {
    captions(texts, settings.captions().augmentation());
    if (!tags.isEmpty()) {
      texts.putJson("ss_tag_frequency", Map.of(DATASET, tags));
    }
    sizes(texts, settings.images().buckets());
    images(texts, buckets);
    texts.put("ss_cache_latents", true);
  }

  private static void captions(KohyaTexts texts, AugmentationSettings words) {
    texts.put("ss_shuffle_caption", words.shuffle());
    texts.put("ss_keep_tokens", words.keepTokens().orElse(0));
    texts.put("ss_caption_dropout_rate", words.captionDropout());
    texts.put("ss_caption_dropout_every_n_epochs", words.captionDropoutEveryEpochs());
    texts.put("ss_caption_tag_dropout_rate", words.tagDropout());
  }

  private static void sizes(KohyaTexts texts, BucketSettings sizes) {
    texts.put("ss_resolution", "(%s, %s)".formatted(sizes.width(), sizes.height()));
    texts.put("ss_enable_bucket", true);
    texts.put("ss_bucket_no_upscale", !sizes.upscale());
    texts.put("ss_min_bucket_reso", sizes.upscale() ? sizes.minSide() : null);
    texts.put("ss_max_bucket_reso", sizes.upscale() ? sizes.maxSide() : null);
    texts.put("ss_color_aug", false);
    texts.put("ss_flip_aug", false);
    texts.put("ss_random_crop", false);
    texts.put("ss_face_crop_aug_range", null);
  }

  private static void images(KohyaTexts texts, SortedMap<String, Long> buckets) {
    long images = buckets.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Object> folder = ordered("n_repeats", 1, "img_count", images);
    texts.putJson("ss_dataset_dirs", Map.of(DATASET, folder));
    texts.put("ss_reg_dataset_dirs", "{}");
    Map<String, Object> bucketInfo = new LinkedHashMap<>();
    buckets.forEach(
        (size, count) -> {
          String[] sides = size.split("x");
          int[] resolution = {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
          bucketInfo.put(
              Integer.toString(bucketInfo.size()),
              ordered("resolution", resolution, "count", count));
        });
    texts.putJson("ss_bucket_info", Map.of("buckets", bucketInfo));
  }

  private static Map<String, Object> ordered(
      String first, Object one, String second, Object other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, other);
    return map;
  }
}
