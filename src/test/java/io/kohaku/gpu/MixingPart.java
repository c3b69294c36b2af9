package io.kohaku.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The small block of bypass products at the recipe's shapes, forward and back: as a product for
 * each vector, for 64 vectors side by side, for all of them, and for all of them transposed.
 */
final class MixingPart {
  private static final int RUNS = 5;
  private static final int ABREAST = 64;

  private final KitOptions options;
  private final Results results;

  /** Vectors of so many numbers, in groups. */
  private record Case(long vectors, long width, long groups) {}

  MixingPart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "mixing");
  }

  void run() {
    List<KernelSource> texts = new ArrayList<>(LokrKernels.layers());
    texts.add(KernelSource.resource(MixingPart.class, "kit.torch"));
    try (NDManager manager = Natives.manager(options.device());
        TorchScript kernels = TorchScript.load(manager, texts)) {
      for (long width : new long[] {640, 1280}) {
        for (long groups : new long[] {2, 4, 8}) {
          long side = options.pixels(1024) / (width == 640 ? 16 : 32);
          Case wanted = new Case(4 * side * side, width, groups);
          results.attempt(
              "%s x %s, %s groups".formatted(wanted.vectors, width, groups),
              () -> compare(kernels, manager, wanted));
        }
      }
    }
  }

  private Map<String, ?> compare(TorchScript kernels, NDManager manager, Case wanted)
      throws Exception {
    Map<String, Object> figures = new LinkedHashMap<>();
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray w1 = normal(kernels, scope, wanted.groups, wanted.groups);
      NDArray x =
          normal(kernels, scope, wanted.vectors, wanted.groups, wanted.width / wanted.groups);
      for (long abreast : new long[] {1, ABREAST, wanted.vectors}) {
        if (wanted.vectors % abreast == 0) {
          figures.put(
              "seconds_" + abreast,
              seconds(
                  w1, x, in -> kernels.tensor(manager, "lokr_mix_abreast", in[0], in[1], abreast)));
        }
      }
      figures.put(
          "seconds_transposed",
          seconds(w1, x, in -> kernels.tensor(manager, "mix_in_one_product", in[0], in[1])));
    }
    return figures;
  }

  private static double seconds(NDArray w1, NDArray x, Function<NDArray[], NDArray> mixing)
      throws Exception {
    return Clock.median(
        RUNS,
        () -> {
          try (MemoryScope scope = MemoryScope.open(x.getManager())) {
            NDArray[] leaves = {
              Autograd.leaf(scope.manager(), w1), Autograd.leaf(scope.manager(), x)
            };
            NDArray mixed = Autograd.recording(() -> mixing.apply(leaves));
            Autograd.backward(mixed, mixed.stopGradient());
            Clock.await(Autograd.gradient(scope.manager(), leaves[0]).orElseThrow());
          }
        });
  }

  private static NDArray normal(TorchScript kernels, MemoryScope scope, long... shape) {
    return kernels.tensor(
        scope.manager(), "normal", shape, 1.0, Dtype.F16, scope.manager().getDevice());
  }
}
