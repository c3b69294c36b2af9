package io.kohaku.device;

import ai.djl.Device;
import io.kohaku.settings.Precision;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How slow a number format of 16 bits is on a CPU that has no instruction for its products. */
public final class HalfSpeed {
  /** From here on a format is slower than fp32, not just measured so. */
  private static final double SLOWER = 1.1;

  private static final Logger LOG = LoggerFactory.getLogger(HalfSpeed.class);

  private HalfSpeed() {}

  /** Warns, with a figure of this machine, if {@code device} is such a CPU. */
  public static void warn(Precision compute, Device device) {
    if (!device.isGpu()) {
      warning(compute, Cpu.here(), HalfSpeed::ratio).ifPresent(LOG::warn);
    }
  }

  /**
   * What there is to say of a format on a CPU, if anything.
   *
   * @param ratio how often fp32's time a product takes in a format
   */
  static Optional<String> warning(Precision compute, Cpu cpu, ToDoubleFunction<Precision> ratio) {
    if (!cpu.lacks(compute)) {
      return Optional.empty();
    }
    double times = ratio.applyAsDouble(compute);
    return times < SLOWER
        ? Optional.empty()
        : Optional.of(
            "%s products take %s times as long as fp32 here (no %s): set train.compute=fp32%s"
                .formatted(
                    name(compute),
                    number(times),
                    cpu.wanted(compute),
                    compute == Precision.FP16 ? " and train.adapter-precision=fp32" : ""));
  }

  private static double ratio(Precision compute) {
    Map<Precision, Double> seconds = Products.seconds(EnumSet.of(Precision.FP32, compute));
    return seconds.get(compute) / seconds.get(Precision.FP32);
  }

  /** The name of a format in settings. */
  static String name(Precision format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  /** A factor as people read it. */
  static String number(double factor) {
    return factor < 9.95
        ? String.format(Locale.ROOT, "%.1f", factor)
        : String.format(Locale.ROOT, "%.0f", factor);
  }
}
