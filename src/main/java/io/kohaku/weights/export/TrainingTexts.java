package io.kohaku.weights.export;

import static io.kohaku.lokr.file.LokrMetadata.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.captions.AugmentationSettings;
import io.kohaku.tensor.file.ModelHashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The {@code ss_*} texts of an exported adapter that the trainer itself does not know: when it ran,
 * on which files, on how many images of which size, with which words.
 *
 * <p>Options of kohya's trainer that there are none of here are told as switched off.
 *
 * @param settings of the whole run
 * @param finished when training ended, seconds since 1970
 * @param seconds how long it took
 * @param fingerprint of the training, hexadecimal
 * @param buckets images of each size, such as {@code 832x1216}
 * @param tags how many images have each word, the most frequent first
 */
public record TrainingTexts(
    Settings settings,
    double finished,
    double seconds,
    String fingerprint,
    SortedMap<String, Long> buckets,
    Map<String, Long> tags) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATASET = "kohaku";

  /** All of them; reads the checkpoint once for its hashes. */
  public Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    run(texts);
    captions(texts);
    images(texts);
    Path checkpoint = Path.of(settings.model().checkpoint());
    texts.put("ss_sd_model_name", checkpoint.getFileName().toString());
    hashes(texts, checkpoint, "ss_sd_model_hash", "ss_new_sd_model_hash");
    vae(texts, settings.model());
    return texts;
  }

  private void run(Map<String, String> texts) {
    texts.put("ss_session_id", text(Long.parseLong(fingerprint.substring(0, 8), 16)));
    texts.put("ss_training_started_at", time(finished - seconds));
    texts.put("ss_training_finished_at", time(finished));
    settings
        .export()
        .comment()
        .ifPresentOrElse(
            comment -> texts.put("ss_training_comment", comment),
            () -> texts.put("ss_training_comment", text(null)));
    texts.put("ss_sd_scripts_commit_hash", text(null));
    texts.put("ss_batch_size_per_device", text(settings.train().microBatch()));
    double growth = settings.train().objective().adaptiveNoiseScale();
    texts.put("ss_adaptive_noise_scale", text(growth == 0 ? null : growth));
    texts.put("ss_prior_loss_weight", text(1.0));
    texts.put("ss_multires_noise_discount", text(0.3));
    for (String absent :
        new String[] {
          "ss_clip_skip",
          "ss_face_crop_aug_range",
          "ss_ip_noise_gamma",
          "ss_multires_noise_iterations"
        }) {
      texts.put(absent, text(null));
    }
    for (String off : new String[] {"ss_debiased_estimation", "ss_full_fp16", "ss_lowram"}) {
      texts.put(off, text(false));
    }
  }

  private void captions(Map<String, String> texts) {
    AugmentationSettings words = settings.captions().augmentation();
    texts.put("ss_shuffle_caption", text(words.shuffle()));
    texts.put("ss_keep_tokens", text(words.keepTokens().orElse(0)));
    texts.put("ss_caption_dropout_rate", text(words.captionDropout()));
    texts.put("ss_caption_dropout_every_n_epochs", text(words.captionDropoutEveryEpochs()));
    texts.put("ss_caption_tag_dropout_rate", text(words.tagDropout()));
    if (!tags.isEmpty()) {
      texts.put("ss_tag_frequency", json(Map.of(DATASET, tags)));
    }
  }

  private void images(Map<String, String> texts) {
    BucketSettings sizes = settings.images().buckets();
    texts.put("ss_resolution", "(%d, %d)".formatted(sizes.width(), sizes.height()));
    texts.put("ss_enable_bucket", text(true));
    texts.put("ss_bucket_no_upscale", text(!sizes.upscale()));
    texts.put("ss_min_bucket_reso", text(sizes.upscale() ? sizes.minSide() : null));
    texts.put("ss_max_bucket_reso", text(sizes.upscale() ? sizes.maxSide() : null));
    for (String off : new String[] {"ss_color_aug", "ss_flip_aug", "ss_random_crop"}) {
      texts.put(off, text(false));
    }
    long images = buckets.values().stream().mapToLong(Long::longValue).sum();
    texts.put(
        "ss_dataset_dirs", json(Map.of(DATASET, ordered("n_repeats", 1, "img_count", images))));
    texts.put("ss_reg_dataset_dirs", "{}");
    Map<String, Object> bucketInfo = new LinkedHashMap<>();
    buckets.forEach(
        (size, count) -> {
          String[] sides = size.split("x");
          int[] resolution = {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
          bucketInfo.put(
              text(bucketInfo.size()), ordered("resolution", resolution, "count", count));
        });
    texts.put("ss_bucket_info", json(Map.of("buckets", bucketInfo)));
  }

  private static void vae(Map<String, String> texts, ModelSettings model) {
    if (model.vae().isPresent()) {
      Path vae = Path.of(model.vae().get());
      texts.put("ss_vae_name", vae.getFileName().toString());
      hashes(texts, vae, "ss_vae_hash", "ss_new_vae_hash");
    }
  }

  /** A folder in diffusers' layout has no hash. */
  private static void hashes(Map<String, String> texts, Path file, String legacy, String whole) {
    if (Files.isRegularFile(file)) {
      ModelHashes hashes = ModelHashes.ofFile(file);
      texts.put(legacy, hashes.legacy());
      texts.put(whole, hashes.sha256());
    }
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, "%.6f", seconds);
  }

  private static Map<String, Object> ordered(
      String first, Object one, String second, Object other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, other);
    return map;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write JSON: " + e.getMessage(), e);
    }
  }
}
