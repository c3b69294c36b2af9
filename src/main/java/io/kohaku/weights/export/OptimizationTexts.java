package io.kohaku.weights.export;

import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.TrainSettings.AdapterPrecision;
import java.util.Locale;

/**
 * What the header says of the optimization: rates, batches, steps and the objective.
 *
 * <p>Options of kohya's trainer that there are none of here are told as switched off.
 */
final class OptimizationTexts {
  private OptimizationTexts() {}

  static void put(KohyaTexts texts, Settings settings, TrainingFacts facts) {
    course(texts, settings.train(), facts);
    int ranks = settings.cluster().ranks();
    int steps = settings.train().microBatchesPerUpdate();
    texts.put("ss_gradient_accumulation_steps", Math.max(1, steps / ranks));
    rates(texts, settings.train());
    objective(texts, settings.train().objective());
    Precision compute = settings.train().compute();
    texts.put(
        "ss_mixed_precision",
        compute == Precision.FP32 ? "no" : compute.name().toLowerCase(Locale.ROOT));
    texts.put("ss_full_fp16", settings.train().adapterPrecision() == AdapterPrecision.FP16);
    texts.put("ss_gradient_checkpointing", settings.train().gradientCheckpointing());
    texts.put("ss_lowram", false);
    texts.put("ss_seed", settings.run().seed());
    texts.put("ss_max_token_length", settings.model().tokens());
    texts.put("ss_clip_skip", null);
  }

  private static void course(KohyaTexts texts, TrainSettings train, TrainingFacts facts) {
    texts.put("ss_num_train_images", facts.images());
    texts.put("ss_num_reg_images", 0);
    texts.put("ss_num_batches_per_epoch", facts.batchesPerEpoch());
    texts.put("ss_num_epochs", train.epochs());
    texts.put("ss_epoch", facts.epoch());
    texts.put("ss_steps", facts.updates());
    texts.put("ss_max_train_steps", facts.plannedUpdates());
    texts.put("ss_batch_size_per_device", train.microBatch());
    texts.put("ss_total_batch_size", train.microBatch() * train.microBatchesPerUpdate());
  }

  private static void rates(KohyaTexts texts, TrainSettings train) {
    TrainSettings.OptimizerSettings optimizer = train.optimizer();
    texts.put("ss_learning_rate", optimizer.unetRate());
    texts.put("ss_unet_lr", optimizer.unetRate());
    texts.put("ss_text_encoder_lr", optimizer.textEncoderRate());
    texts.put("ss_lr_warmup_steps", train.schedule().warmup());
    texts.put("ss_lr_scheduler", scheduler(train.schedule()));
    texts.put(
        "ss_optimizer",
        "%s(weight_decay=%s,betas=%s)"
            .formatted(optimizer.algorithm(), optimizer.weightDecay(), optimizer.betas()));
    texts.put("ss_max_grad_norm", optimizer.clipNorm());
  }

  /** The trainer's constant rate has no warm-up, and another name where it has one. */
  private static String scheduler(TrainSettings.Schedule schedule) {
    String curve = schedule.curve().name().toLowerCase(Locale.ROOT);
    return curve.equals("constant") && schedule.warmup() > 0 ? "constant_with_warmup" : curve;
  }

  private static void objective(KohyaTexts texts, TrainSettings.Objective objective) {
    texts.put("ss_noise_offset", objective.noiseOffset());
    double growth = objective.adaptiveNoiseScale();
    texts.put("ss_adaptive_noise_scale", growth == 0 ? null : growth);
    texts.put("ss_zero_terminal_snr", objective.zeroTerminalSnr());
    texts.put("ss_min_snr_gamma", objective.minSnrGamma());
    texts.put("ss_multires_noise_iterations", null);
    texts.put("ss_multires_noise_discount", 0.3);
    texts.put("ss_ip_noise_gamma", null);
    texts.put("ss_debiased_estimation", false);
    texts.put("ss_prior_loss_weight", 1.0);
  }
}
