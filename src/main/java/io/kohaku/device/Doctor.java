package io.kohaku.device;

import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What this machine would train with, in five lines.
 *
 * @param lines device, libtorch, number formats, Spark and Java, verdict
 * @param usable whether training would run, and on a GPU if the machine has one
 */
public record Doctor(List<String> lines, boolean usable) {
  /**
   * Products of one image of 1024 x 1024 in one micro-batch: SDXL's U-Net takes 6e12 operations
   * forward, and as much again for each of recomputing, gradients of inputs and of weights.
   */
  private static final double OPERATIONS_AN_IMAGE = 24e12;

  private static final double OPERATIONS_A_PRODUCT =
      2.0 * Products.SIDE * Products.SIDE * Products.SIDE;

  /**
   * Looks at this machine, and measures its CPU for a second or two.
   *
   * @param spark which Spark there is, in words
   */
  public static Doctor look(Settings settings, String spark) {
    DeviceWish wish = DeviceWish.of(settings.cluster());
    wish.prepare();
    return of(Findings.here(wish), settings, spark);
  }

  /** The five lines about what was found. */
  static Doctor of(Findings found, Settings settings, String spark) {
    Optional<String> obstacle = obstacle(found, settings.cluster().device());
    String verdict = obstacle.orElseGet(() -> "train would run on " + plan(found, settings));
    return new Doctor(
        List.of(
            "device    " + devices(found),
            "libtorch  " + found.libtorch(),
            "numbers   " + numbers(found),
            "spark     " + spark,
            "verdict   " + verdict),
        obstacle.isEmpty());
  }

  private static String devices(Findings found) {
    String gpus = found.gpus().isEmpty() ? "no GPU" : String.join(", ", found.gpus());
    return gpus
        + (found.missing().isPresent() ? " that libtorch sees" : "")
        + "; the CPU ("
        + found.cpu()
        + ")";
  }

  private static String numbers(Findings found) {
    if (!found.loaded()) {
      return "on the CPU bf16 by %s, fp16 by %s"
          .formatted(instruction(found, Precision.BF16), instruction(found, Precision.FP16));
    }
    return String.format(
        Locale.ROOT,
        "on the CPU fp32 %.0f GFLOP/s; bf16 (%s) takes %s times as long, fp16 (%s) %s times",
        rate(found) / 1e9,
        instruction(found, Precision.BF16),
        HalfSpeed.number(found.ratio(Precision.BF16)),
        instruction(found, Precision.FP16),
        HalfSpeed.number(found.ratio(Precision.FP16)));
  }

  private static String instruction(Findings found, Precision format) {
    List<String> has = found.cpu().has(format);
    return has.isEmpty() ? "no instruction" : String.join(", ", has);
  }

  /** Operations of fp32 a second. */
  private static double rate(Findings found) {
    return OPERATIONS_A_PRODUCT / found.seconds().get(Precision.FP32);
  }

  private static Optional<String> obstacle(Findings found, ClusterSettings.Processor wanted) {
    if (!found.loaded()) {
      return Optional.of("nothing would run: libtorch cannot be loaded");
    }
    if (wanted == ClusterSettings.Processor.CPU) {
      return Optional.empty();
    }
    if (found.missing().isPresent()) {
      return Optional.of("train would not run on this machine's GPU: " + found.missing().get());
    }
    return wanted == ClusterSettings.Processor.GPU && found.gpus().isEmpty()
        ? Optional.of("train would end with code 4: cluster.device is gpu and there is none")
        : Optional.empty();
  }

  private static String plan(Findings found, Settings settings) {
    Precision compute = settings.train().compute();
    boolean cpu = settings.cluster().device() == ClusterSettings.Processor.CPU;
    String types = "in %s, its adapter in fp32".formatted(HalfSpeed.name(compute));
    if (!cpu && !found.gpus().isEmpty()) {
      return "%s %s".formatted(found.gpus().get(0), types);
    }
    double seconds = OPERATIONS_AN_IMAGE / rate(found) * found.ratio(compute);
    return "the CPU %s: about %s minutes for each image of 1024 x 1024"
        .formatted(types, HalfSpeed.number(seconds / 60));
  }
}
