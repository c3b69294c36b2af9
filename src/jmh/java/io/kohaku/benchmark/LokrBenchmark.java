package io.kohaku.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import io.kohaku.lokr.cost.CostModel;
import io.kohaku.lokr.cost.DeviceRates;
import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.lokr.cost.LayerTrial;
import io.kohaku.lokr.cost.MeasuredModes;
import io.kohaku.lokr.cost.ModeSeconds;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Merged against bypass LoKr, forward and backward, at the shapes of SDXL: time, memory, and how
 * far the cost model's choice is from the better of the two.
 *
 * <p>Properties: {@code dtype} (F32, BF16, F16), {@code batch} (images), {@code shrink} (how many
 * times fewer vectors than at 1024x1024 pixels), {@code rounds}, {@code only} (part of a name),
 * {@code memory} (true for memory in place of time; a process of its own, since returning freed
 * memory to the system at once, which makes it measurable, costs time).
 */
public final class LokrBenchmark {
  private final Device device = CudaUtils.hasCuda() ? Device.gpu() : Device.cpu();
  private final Dtype dtype =
      Dtype.valueOf(System.getProperty("dtype", device.isGpu() ? "BF16" : "F32"));
  private final long batch = Long.getLong("batch", 4);
  private final long shrink = Long.getLong("shrink", device.isGpu() ? 1 : 64);
  private final int rounds = Integer.getInteger("rounds", 5);
  private final String only = System.getProperty("only", "");
  private final boolean memory = Boolean.getBoolean("memory");
  private final List<Line> lines = new ArrayList<>();

  private record Line(ApplyMode choice, ModeSeconds seconds) {
    double chosen() {
      return choice == ApplyMode.MERGED ? seconds.merged() : seconds.bypass();
    }
  }

  /** Measures and prints. */
  public static void main(String[] arguments) {
    Autograd.enterThread();
    new LokrBenchmark().run();
  }

  private void run() {
    try (NDManager manager = Natives.manager(device)) {
      DeviceRates rates = DeviceRates.measure(manager, dtype);
      print("device %s, %s, batch %d, shrink %d%n", device, dtype, batch, shrink);
      print(
          "rates: products %.3g (%.3g narrow) operations/s, passes %.3g, mixing %.3g bytes/s,"
              + " merging %.3g elements/s%n",
          rates.wide(), rates.narrow(), rates.pass(), rates.mix(), rates.build());
      print(
          "%-24s %6s %10s %11s %6s  %-10s %6s%n",
          "layer",
          "factor",
          "merged",
          "bypass",
          "ratio",
          memory ? "" : "choice",
          memory ? "" : "excess");
      CostModel model = new CostModel(rates, dtype, new LayerTokens(batch, 128, 128, 3));
      try (TorchScript kernels = TorchScript.load(manager, LayerTrial.kernels());
          MeasuredModes modes = new MeasuredModes(manager, model)) {
        for (LokrLayerCase layer : LokrLayerCase.SDXL) {
          for (int factor : new int[] {2, 4, 8}) {
            if (layer.name().contains(only)) {
              measure(kernels, manager, layer, factor, modes);
            }
          }
        }
      }
    }
    summarise();
  }

  private void measure(
      TorchScript kernels,
      NDManager manager,
      LokrLayerCase layer,
      int factor,
      MeasuredModes modes) {
    LokrShape shape = LokrShape.of(layer.weight(), LokrOptions.fullMatrix(factor));
    Shape input = input(layer);
    long vectors = layer.isConvolution() ? batch * input.get(2) * input.get(3) : input.get(0);
    try (LayerTrial trial = new LayerTrial(kernels, manager, dtype, shape, input)) {
      if (memory) {
        double merged = peak(trial, ApplyMode.MERGED) / 1e6;
        double bypass = peak(trial, ApplyMode.BYPASS) / 1e6;
        print(
            "%-24s %6d %7.2f MB %8.2f MB %6.2f%n",
            layer.name(), factor, merged, bypass, bypass / merged);
        return;
      }
      ApplyMode choice = modes.choose(shape, vectors);
      ModeSeconds seconds = trial.seconds(rounds);
      lines.add(new Line(choice, seconds));
      print(
          "%-24s %6d %7.2f ms %8.2f ms %6.2f  %-10s %5.1f%%%n",
          layer.name(),
          factor,
          1e3 * seconds.merged(),
          1e3 * seconds.bypass(),
          seconds.bypass() / seconds.merged(),
          choice.name().toLowerCase(Locale.ROOT),
          100 * seconds.excess(choice));
    }
  }

  private long peak(LayerTrial trial, ApplyMode mode) {
    trial.apply(mode);
    trial.run();
    trial.await();
    return new PeakMemory(device)
        .of(
            () -> {
              trial.run();
              trial.await();
            });
  }

  private Shape input(LokrLayerCase layer) {
    long fewer = layer.perImage() ? shrink : 1;
    long in = layer.weight().get(1);
    if (layer.isConvolution()) {
      return new Shape(batch, in, layer.side(fewer), layer.side(fewer));
    }
    return new Shape(Math.max(1, batch * layer.vectors() / fewer), in);
  }

  private void summarise() {
    if (memory) {
      return;
    }
    double worst = lines.stream().mapToDouble(l -> l.seconds().excess(l.choice())).max().orElse(0);
    double best = sum(line -> Math.min(line.seconds().merged(), line.seconds().bypass()));
    print("the choice's worst excess over the better way: %.1f%%%n", 100 * worst);
    print(
        "sums over these layers: always merged %.2f, always bypass %.2f, chosen %.2f x the best%n",
        sum(line -> line.seconds().merged()) / best,
        sum(line -> line.seconds().bypass()) / best,
        sum(Line::chosen) / best);
  }

  private double sum(ToDoubleFunction<Line> seconds) {
    return lines.stream().mapToDouble(seconds).sum();
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
