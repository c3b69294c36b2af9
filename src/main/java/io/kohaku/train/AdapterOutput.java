package io.kohaku.train;

import static io.kohaku.lokr.file.LokrMetadata.text;

import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.file.LokrFileWriter;
import io.kohaku.lokr.file.LokrMetadata;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.model.Average;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes the finished adapter, and the averaged one, with what the header tells of the training.
 */
record AdapterOutput(Settings settings, RunPlan plan, Path folder) {

  void write(LokrNetwork adapter, Optional<Average> average, Progress progress) throws IOException {
    Files.createDirectories(folder);
    write(TrainInputs.ADAPTER, adapter, progress);
    if (average.isPresent()) {
      var tensors = average.get().tensors();
      try (LokrNetwork averaged =
          LokrNetwork.create(
              tensors.values().iterator().next().getManager(),
              adapter.layers(),
              (scope, layer, leaf) -> tensors.get(layer.tensor(leaf.suffix())))) {
        write(TrainInputs.AVERAGE, averaged, progress);
      }
    }
  }

  private void write(String name, LokrNetwork adapter, Progress progress) throws IOException {
    boolean epsilon = settings.train().objective().prediction() == TrainSettings.Prediction.EPSILON;
    LokrMetadata metadata =
        new LokrMetadata(
            settings.lokr(),
            name.substring(0, name.indexOf('.')),
            "1024x1024",
            epsilon ? "epsilon" : "v",
            LocalDateTime.now());
    LokrFileWriter.write(
        folder.resolve(name),
        adapter,
        ModelOptions.dtype(settings.lokr().savePrecision()),
        metadata.texts(training(progress)));
  }

  private Map<String, String> training(Progress progress) {
    TrainSettings train = settings.train();
    int images = plan.sizes().stream().mapToInt(Integer::intValue).sum();
    Map<String, String> texts = new TreeMap<>();
    texts.put("ss_unet_lr", text(train.optimizer().unetRate()));
    texts.put("ss_text_encoder_lr", text(train.optimizer().textEncoderRate()));
    texts.put("ss_learning_rate", text(train.optimizer().unetRate()));
    texts.put("ss_num_train_images", text(images));
    texts.put("ss_num_reg_images", text(0));
    texts.put("ss_num_batches_per_epoch", text(plan.epoch().slots()));
    texts.put("ss_num_epochs", text(train.epochs()));
    texts.put("ss_epoch", text(progress.epoch()));
    texts.put("ss_steps", text(progress.step()));
    texts.put("ss_max_train_steps", text(plan.updates()));
    texts.put("ss_gradient_checkpointing", text(train.gradientCheckpointing()));
    texts.put("ss_gradient_accumulation_steps", text(train.microBatchesPerUpdate()));
    texts.put("ss_total_batch_size", text(train.microBatch() * train.microBatchesPerUpdate()));
    texts.put("ss_lr_warmup_steps", text(train.schedule().warmup()));
    texts.put("ss_lr_scheduler", train.schedule().curve().name().toLowerCase(Locale.ROOT));
    texts.put("ss_mixed_precision", train.compute().name().toLowerCase(Locale.ROOT));
    texts.put("ss_max_token_length", text(settings.model().tokens()));
    texts.put("ss_cache_latents", text(true));
    texts.put("ss_seed", text(settings.run().seed()));
    texts.put("ss_noise_offset", text(train.objective().noiseOffset()));
    texts.put("ss_zero_terminal_snr", text(train.objective().zeroTerminalSnr()));
    texts.put("ss_min_snr_gamma", text(train.objective().minSnrGamma()));
    texts.put("ss_optimizer", optimizer(train.optimizer()));
    texts.put("ss_max_grad_norm", text(train.optimizer().clipNorm()));
    return texts;
  }

  private static String optimizer(TrainSettings.Optimizer optimizer) {
    return "%s(weight_decay=%s,betas=%s)"
        .formatted(optimizer.algorithm(), optimizer.weightDecay(), optimizer.betas());
  }
}
