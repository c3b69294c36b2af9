package io.kohaku.weights.export;

import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ExportSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.tensor.file.ModelHashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the header of an exported adapter says: kohya's {@code ss_*} about the training and the
 * {@code modelspec.*} of the model metadata standard.
 *
 * @param settings of the whole run, those of training as it ran
 * @param run when the training ran and how far it came
 * @param buckets images of each size, such as {@code 832x1216}
 * @param tags how many images have each word, the most frequent first
 */
public record AdapterHeader(
    Settings settings, Run run, SortedMap<String, Long> buckets, Map<String, Long> tags) {

  /**
   * A finished training.
   *
   * @param facts what it told of its course
   * @param finished when it ended, seconds since 1970
   * @param seconds how long it took
   * @param fingerprint of it, hexadecimal
   * @param whole which layers have full matrices alone
   */
  public record Run(
      TrainingFacts facts,
      double finished,
      double seconds,
      String fingerprint,
      WholeBlocks whole) {}

  /**
   * All texts but the hashes of the file itself, in alphabetical order; reads the checkpoint once
   * for its hashes.
   */
  public Map<String, String> texts() {
    KohyaTexts texts = new KohyaTexts();
    NetworkTexts.put(
        texts, settings.lokr(), run.whole(), ModelOptions.dtype(settings.export().savePrecision()));
    OptimizationTexts.put(texts, settings, run.facts());
    DataTexts.put(texts, settings, buckets, tags);
    session(texts);
    model(texts, settings.model());
    modelSpec(texts, settings.export());
    return new TreeMap<>(texts.all());
  }

  private void session(KohyaTexts texts) {
    texts.put("ss_session_id", Long.parseLong(run.fingerprint().substring(0, 8), 16));
    texts.put("ss_training_started_at", time(run.finished() - run.seconds()));
    texts.put("ss_training_finished_at", time(run.finished()));
    texts.put("ss_output_name", settings.export().name());
    texts.put("ss_training_comment", settings.export().comment().orElse(null));
    texts.put("ss_sd_scripts_commit_hash", null);
  }

  private static void model(KohyaTexts texts, ModelSettings model) {
    texts.put("ss_base_model_version", "sdxl_base_v1-0");
    texts.put("ss_v2", false);
    Path checkpoint = Path.of(model.checkpoint());
    texts.put("ss_sd_model_name", checkpoint.getFileName().toString());
    hashes(texts, checkpoint, "ss_sd_model_hash", "ss_new_sd_model_hash");
    if (model.vae().isPresent()) {
      Path vae = Path.of(model.vae().get());
      texts.put("ss_vae_name", vae.getFileName().toString());
      hashes(texts, vae, "ss_vae_hash", "ss_new_vae_hash");
    }
  }

  /** A folder in diffusers' layout has no hash. */
  private static void hashes(KohyaTexts texts, Path file, String legacy, String whole) {
    if (Files.isRegularFile(file)) {
      ModelHashes hashes = ModelHashes.ofFile(file);
      texts.put(legacy, hashes.legacy());
      texts.put(whole, hashes.sha256());
    }
  }

  private void modelSpec(KohyaTexts texts, ExportSettings export) {
    boolean epsilon = settings.train().objective().prediction() == TrainSettings.Prediction.EPSILON;
    texts.put("modelspec.sai_model_spec", "1.0.0");
    texts.put("modelspec.architecture", "stable-diffusion-xl-v1-base/lora");
    texts.put("modelspec.implementation", "https://github.com/Stability-AI/generative-models");
    texts.put("modelspec.title", export.name());
    BucketSettings sizes = settings.images().buckets();
    texts.put("modelspec.resolution", "%sx%s".formatted(sizes.width(), sizes.height()));
    texts.put("modelspec.date", date());
    texts.put("modelspec.prediction_type", epsilon ? "epsilon" : "v");
    export.modelSpec().forEach((key, value) -> texts.put("modelspec." + key, value));
  }

  private String date() {
    Instant finished = Instant.ofEpochMilli((long) (run.finished() * 1e3));
    return LocalDateTime.ofInstant(finished, ZoneId.systemDefault())
        .truncatedTo(ChronoUnit.SECONDS)
        .toString();
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, "%.6f", seconds);
  }
}
