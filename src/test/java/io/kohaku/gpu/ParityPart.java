package io.kohaku.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.TinyTraining;
import io.kohaku.train.loop.UpdateRule;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The golden vectors of the reference implementations on this device, in three precisions. What is
 * compared is the largest difference over the root mean square of what should be.
 */
final class ParityPart {
  private static final int MICRO_BATCHES = 2;
  private static final int UPDATES = 3;
  private final Results results;
  private final Precision precision;
  private final ModelOptions options;

  private ParityPart(KitOptions options, Precision precision) {
    this.results = new Results(options.out(), "parity");
    this.precision = precision;
    this.options = ModelOptions.DEFAULT.withDtype(ModelOptions.dtype(precision));
  }

  static void run(KitOptions options) {
    for (Precision precision : List.of(Precision.FP32, Precision.BF16, Precision.FP16)) {
      ParityPart part = new ParityPart(options, precision);
      part.tell("networks", part::networks);
      part.tell("autoencoder", part::autoencoder);
      part.tell("updates", part::updates);
    }
  }

  /** What outputs, and losses and norms of gradients, may differ by. */
  private double tolerance(boolean tensor) {
    return switch (precision) {
      case FP32 -> tensor ? 1e-3 : 2e-3;
      case BF16 -> tensor ? 1.5e-1 : 3e-2;
      case FP16 -> tensor ? 2e-2 : 5e-3;
    };
  }

  private void tell(String what, Comparison comparison) {
    results.attempt(
        what + " " + precision,
        () -> {
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("dtype", precision.toString());
          boolean agree = true;
          for (Map.Entry<String, Double> one : comparison.differences().entrySet()) {
            double allowed = tolerance(!what.equals("updates"));
            figures.put(one.getKey(), one.getValue());
            figures.put("allowed", allowed);
            agree &= one.getValue() <= allowed;
          }
          figures.put("agree", agree);
          return figures;
        });
  }

  private interface Comparison {
    Map<String, Double> differences() throws Exception;
  }

  private Map<String, Double> networks() {
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TinyModel tiny = new TinyModel(options);
        MemoryScope scope = MemoryScope.open(tiny.manager)) {
      Tape tape = Tape.inference(scope.manager());
      Sdxl.Conditioning conditioning = tiny.condition(tape);
      NDArray epsilon =
          tiny.sdxl
              .predict(
                  tape,
                  tape.input(tiny.golden("latents")),
                  tape.input(tiny.goldenIds("timesteps")),
                  conditioning)
              .array();
      NDArray pooled = conditioning.vector().array().get(":, :48");
      differences.put("te_pool", relative(scope, pooled, tiny.golden("te_pool")));
      differences.put("unet_out", relative(scope, epsilon, tiny.golden("unet_out")));
    }
    return differences;
  }

  private Map<String, Double> autoencoder() {
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TinyModel tiny = new TinyModel(options);
        SdxlCheckpoint checkpoint =
            SdxlCheckpoint.open(TinyModel.file(), Optional.empty(), options);
        Vae vae = Vae.open(checkpoint, TinyModel.DEVICE, options.dtype());
        MemoryScope scope = MemoryScope.open(vae.manager())) {
      NDManager here = scope.manager();
      NDArray mean = vae.encode(here, tiny.golden("vae_image")).mean();
      NDArray picture = vae.decode(here, tiny.golden("vae_mean"));
      differences.put("vae_mean", relative(scope, mean, tiny.golden("vae_mean")));
      differences.put("vae_decoded", relative(scope, picture, tiny.golden("vae_decoded")));
    }
    return differences;
  }

  /** The reference's first three updates: losses and norms of gradients. */
  private Map<String, Double> updates() throws Exception {
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TinyTraining tiny = new TinyTraining(options, true);
        Closer opened = new Closer()) {
      UpdateRule rule = UpdateRule.open(settings(), tiny.networks, UPDATES, opened);
      LossScale scale = LossScale.of(precision);
      float[] expected = tiny.golden("three_steps_loss_and_gradnorm");
      for (int step = 0; step < UPDATES; step++) {
        double loss = learn(tiny, step, scale.factor() / MICRO_BATCHES);
        rule.optimizerStep().gather(AllReduce.alone());
        Verdict verdict =
            rule.optimizerStep().guard(scale, UpdateTotals.NOTHING.learned(1, MICRO_BATCHES));
        Verdict.Accepted accepted = (Verdict.Accepted) verdict;
        rule.optimizerStep().apply(accepted, step);
        differences.put("loss " + step, Math.abs(loss / expected[2 * step] - 1));
        differences.put("norm " + step, Math.abs(accepted.norm() / expected[2 * step + 1] - 1));
      }
    }
    return differences;
  }

  private double learn(TinyTraining tiny, int step, double factor) {
    double loss = 0;
    for (int micro = 0; micro < MICRO_BATCHES; micro++) {
      try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
        String prefix = "s%sm%s/".formatted(step, micro);
        loss +=
            tiny.networks.learn(
                scope.manager(), tiny.inputs(scope.manager(), prefix), factor, leaves -> {});
      }
    }
    return loss / MICRO_BATCHES;
  }

  private Settings settings() {
    return SettingsSource.read(
            List.of(),
            List.of(
                "train.compute=" + precision.toString().toLowerCase(Locale.ROOT),
                "train.optimizer.algorithm=lion",
                "train.schedule.warmup=0"))
        .settings();
  }

  private static double relative(MemoryScope scope, NDArray actual, NDArray expected) {
    return Differences.of(scope.manager(), actual, expected).relative();
  }
}
