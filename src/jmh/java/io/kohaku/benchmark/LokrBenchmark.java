package io.kohaku.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import io.kohaku.lokr.ApplyMode;
import io.kohaku.lokr.CostModel;
import io.kohaku.lokr.DeviceRates;
import io.kohaku.lokr.LayerTokens;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrOptions;
import io.kohaku.lokr.LokrShape;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Merged against factorised LoKr, forward and backward, at the shapes of SDXL: time, memory, and
 * how far the cost model's choice is from the better of the two.
 *
 * <p>Properties: {@code dtype} (F32, BF16, F16), {@code batch} (images), {@code shrink} (how many
 * times fewer vectors than at 1024x1024 pixels), {@code rounds}, {@code only} (part of a name),
 * {@code memory} (true for memory in place of time; a process of its own, since returning freed
 * memory to the system at once, which makes it measurable, costs time).
 */
public final class LokrBenchmark {
  private static final double SECONDS = 0.1;
  private static final KernelSource TEXT =
      new KernelSource(
          "benchmark",
          """
          def random_of(sizes: List[int], dtype: int, scale: float, like: Tensor) -> Tensor:
            x = torch.randn(sizes, dtype=6, device=ops.prim.device(like))
            return torch.to(torch.mul(x, scale), dtype)
          def first_of(x: Tensor) -> Tensor:
            return torch.to(torch.select(torch.flatten(x), 0, 0), 6)
          """);

  private final Device device = CudaUtils.hasCuda() ? Device.gpu() : Device.cpu();
  private final Dtype dtype =
      Dtype.valueOf(System.getProperty("dtype", device.isGpu() ? "BF16" : "F32"));
  private final long batch = Long.getLong("batch", 4);
  private final long shrink = Long.getLong("shrink", device.isGpu() ? 1 : 64);
  private final int rounds = Integer.getInteger("rounds", 5);
  private final String only = System.getProperty("only", "");
  private final boolean memory = Boolean.getBoolean("memory");
  private final List<Line> lines = new ArrayList<>();

  private record Line(double best, double chosen, double merged, double factorised) {}

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
          "factorised",
          "ratio",
          memory ? "" : "choice",
          memory ? "" : "excess");
      CostModel model = new CostModel(rates, dtype, new LayerTokens(batch, 128, 128, 3));
      List<KernelSource> texts = new ArrayList<>(LokrKernels.layers());
      texts.add(TEXT);
      try (TorchScript kernels = TorchScript.load(manager, texts)) {
        for (LokrLayerCase layer : LokrLayerCase.SDXL) {
          for (int factor : new int[] {2, 4, 8}) {
            if (layer.name().contains(only)) {
              measure(kernels, manager, layer, factor, model);
            }
          }
        }
      }
    }
    summarise();
  }

  private void measure(
      TorchScript kernels, NDManager manager, LokrLayerCase layer, int factor, CostModel model) {
    LokrShape shape = LokrShape.of(layer.weight(), LokrOptions.fullMatrix(factor));
    Shape input = input(layer);
    long vectors = layer.isConvolution() ? batch * input.get(2) * input.get(3) : input.get(0);
    try (AdaptedLayer adapted = new AdaptedLayer(kernels, manager, dtype, shape, input)) {
      ApplyMode choice = model.choose(shape, vectors);
      double[] values =
          memory
              ? new double[] {
                peak(adapted, shape, ApplyMode.MERGED) / 1e6,
                peak(adapted, shape, ApplyMode.FACTORISED) / 1e6
              }
              : times(adapted, shape);
      double chosen = choice == ApplyMode.MERGED ? values[0] : values[1];
      double best = Math.min(values[0], values[1]);
      lines.add(new Line(best, chosen, values[0], values[1]));
      print(
          "%-24s %6d %7.2f %s %8.2f %s %6.2f  %-10s %6s%n",
          layer.name(),
          factor,
          memory ? values[0] : 1e3 * values[0],
          memory ? "MB" : "ms",
          memory ? values[1] : 1e3 * values[1],
          memory ? "MB" : "ms",
          values[1] / values[0],
          memory ? "" : choice.name().toLowerCase(Locale.ROOT),
          memory ? "" : "%5.1f%%".formatted(100 * (chosen / best - 1)));
    }
  }

  /** The least seconds of either way over interleaved rounds. */
  private double[] times(AdaptedLayer adapted, LokrShape shape) {
    double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
    int[] times = {0, 0};
    ApplyMode[] modes = {ApplyMode.MERGED, ApplyMode.FACTORISED};
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < modes.length; i++) {
        adapted.set(shape, modes[i]);
        if (round < 0) {
          adapted.seconds(1);
          times[i] = (int) Math.max(1, Math.min(500, SECONDS / adapted.seconds(1)));
        } else {
          least[i] = Math.min(least[i], adapted.seconds(times[i]));
        }
      }
    }
    return least;
  }

  private long peak(AdaptedLayer adapted, LokrShape shape, ApplyMode mode) {
    adapted.set(shape, mode);
    adapted.seconds(1);
    return new PeakMemory(device)
        .of(
            () -> {
              adapted.run();
              adapted.await();
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
    double worst = lines.stream().mapToDouble(l -> l.chosen() / l.best() - 1).max().orElse(0);
    double best = lines.stream().mapToDouble(Line::best).sum();
    print("the choice's worst excess over the better way: %.1f%%%n", 100 * worst);
    print(
        "sums over these layers: always merged %.2f, always factorised %.2f, chosen %.2f x the best%n",
        lines.stream().mapToDouble(Line::merged).sum() / best,
        lines.stream().mapToDouble(Line::factorised).sum() / best,
        lines.stream().mapToDouble(Line::chosen).sum() / best);
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
