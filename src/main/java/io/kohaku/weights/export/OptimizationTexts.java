package io.kohaku.weights.export;

import static io.kohaku.weights.export.KohyaText.text;

import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the header says of the optimization: rates, batches, steps and the objective.
 *
 * <p>Options of kohya's trainer that there are none of here are told as switched off.
 */
final class OptimizationTexts {
  private OptimizationTexts() {}

  static Map<String, String> of(Settings settings, TrainingFacts facts) {
    Map<String, String> texts = new LinkedHashMap<>();
    course(texts, settings.train(), facts);
    rates(texts, settings.train());
    objective(texts, settings.train().objective());
    texts.put("ss_mixed_precision", settings.train().compute().name().toLowerCase(Locale.ROOT));
    texts.put("ss_full_fp16", text(false));
    texts.put("ss_gradient_checkpointing", text(settings.train().gradientCheckpointing()));
    texts.put("ss_lowram", text(false));
    texts.put("ss_seed", text(settings.run().seed()));
    texts.put("ss_max_token_length", text(settings.model().tokens()));
    texts.put("ss_clip_skip", text(null));
    return texts;
  }

  private static void course(Map<String, String> texts, TrainSettings train, TrainingFacts facts) {
    texts.put("ss_num_train_images", text(facts.images()));
    texts.put("ss_num_reg_images", text(0));
    texts.put("ss_num_batches_per_epoch", text(facts.batchesPerEpoch()));
    texts.put("ss_num_epochs", text(train.epochs()));
    texts.put("ss_epoch", text(facts.epoch()));
    texts.put("ss_steps", text(facts.updates()));
    texts.put("ss_max_train_steps", text(facts.plannedUpdates()));
    texts.put("ss_batch_size_per_device", text(train.microBatch()));
    texts.put("ss_gradient_accumulation_steps", text(train.microBatchesPerUpdate()));
    texts.put("ss_total_batch_size", text(train.microBatch() * train.microBatchesPerUpdate()));
  }

  private static void rates(Map<String, String> texts, TrainSettings train) {
    TrainSettings.OptimizerSettings optimizer = train.optimizer();
    texts.put("ss_learning_rate", text(optimizer.unetRate()));
    texts.put("ss_unet_lr", text(optimizer.unetRate()));
    texts.put("ss_text_encoder_lr", text(optimizer.textEncoderRate()));
    texts.put("ss_lr_warmup_steps", text(train.schedule().warmup()));
    texts.put("ss_lr_scheduler", train.schedule().curve().name().toLowerCase(Locale.ROOT));
    texts.put(
        "ss_optimizer",
        "%s(weight_decay=%s,betas=%s)"
            .formatted(optimizer.algorithm(), optimizer.weightDecay(), optimizer.betas()));
    texts.put("ss_max_grad_norm", text(optimizer.clipNorm()));
  }

  private static void objective(Map<String, String> texts, TrainSettings.Objective objective) {
    texts.put("ss_noise_offset", text(objective.noiseOffset()));
    double growth = objective.adaptiveNoiseScale();
    texts.put("ss_adaptive_noise_scale", text(growth == 0 ? null : growth));
    texts.put("ss_zero_terminal_snr", text(objective.zeroTerminalSnr()));
    texts.put("ss_min_snr_gamma", text(objective.minSnrGamma()));
    texts.put("ss_multires_noise_iterations", text(null));
    texts.put("ss_multires_noise_discount", text(0.3));
    texts.put("ss_ip_noise_gamma", text(null));
    texts.put("ss_debiased_estimation", text(false));
    texts.put("ss_prior_loss_weight", text(1.0));
  }
}
