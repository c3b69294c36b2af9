package io.kohaku.device;

import ai.djl.Device;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Natives;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What was found on a machine.
 *
 * @param libtorch which one it is, or why it cannot be loaded
 * @param loaded whether it is loaded
 * @param gpus that it sees, each with its name and memory
 * @param missing why it sees none, if the machine has one
 * @param cpu of the machine
 * @param seconds of a product on the CPU, by format; empty if libtorch is not loaded
 */
record Findings(
    String libtorch,
    boolean loaded,
    List<String> gpus,
    Optional<String> missing,
    Cpu cpu,
    Map<Precision, Double> seconds) {

  /** Of this machine, whose CPU is measured for a second or two. */
  static Findings here(DeviceWish wish) {
    UnseenGpu unseen = UnseenGpu.here(wish);
    boolean present = unseen.present() || NvidiaSmi.listsGpu();
    try {
      String libtorch = "%s, in %s".formatted(wish.natives().build(), Natives.folder());
      List<String> gpus =
          IntStream.range(0, Gpus.count()).mapToObj(i -> Machine.named(Device.gpu(i))).toList();
      return new Findings(
          libtorch,
          true,
          gpus,
          gpus.isEmpty() && present ? Optional.of(unseen.reason(0)) : Optional.empty(),
          Cpu.here(),
          Products.seconds(EnumSet.allOf(Precision.class)));
    } catch (IllegalStateException | UncheckedIOException e) {
      return new Findings(
          e.getMessage() + Machine.unloaded(wish),
          false,
          List.of(),
          present ? Optional.of(unseen.reason(0)) : Optional.empty(),
          Cpu.here(),
          Map.of());
    }
  }

  /** How often fp32's time a product takes in this format. */
  double ratio(Precision format) {
    return seconds.get(format) / seconds.get(Precision.FP32);
  }
}
