package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.cost.LayerTrial;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mixing by the small block: one product for each vector, and one for several. */
final class MixingTest {
  private static final KernelSource CAST =
      new KernelSource("cast", "def whole(x: Tensor) -> Tensor:\n  return torch.to(x, 6)\n");

  @RegisterExtension final CpuTensors cpu = new CpuTensors();
  private TorchScript kernels;

  /** In halves the sum over vectors is rounded for each product, so fewer products round less. */
  @ParameterizedTest
  @CsvSource({"F32, 1e-5", "BF16, 3e-2", "F16, 4e-3"})
  void vectorsAbreastMixLikeOneByOne(Dtype dtype, double tolerance) {
    NDManager here = cpu.manager();
    List<KernelSource> texts = new ArrayList<>(LayerTrial.kernels());
    texts.add(CAST);
    kernels = TorchScript.load(here, texts);
    NDArray w1 = Autograd.leaf(here, random(dtype, 4, 8));
    NDArray x = Autograd.leaf(here, random(dtype, 24, 8, 10));
    NDArray gradient = random(dtype, 24, 4, 10);
    List<NDArray> one = mixed(w1, x, gradient, 1);
    assertThat(kernels.tensor(here, "whole", kernels.tensor(here, "lokr_mix_vectors", w1, x)))
        .isEqualTo(one.get(0));
    for (long abreast : new long[] {2, 8, 24}) {
      List<NDArray> several = mixed(w1, x, gradient, abreast);
      for (int i = 0; i < one.size(); i++) {
        assertThat(Numbers.difference(several.get(i), one.get(i)))
            .as("%s, result %s", abreast, i)
            .isLessThan(tolerance);
      }
    }
  }

  /** Result, gradient of the block, gradient of the vectors; float32. */
  private List<NDArray> mixed(NDArray w1, NDArray x, NDArray gradient, long abreast) {
    NDManager here = cpu.manager();
    Autograd.zero(List.of(w1, x));
    NDArray y = Autograd.recording(() -> kernels.tensor(here, "lokr_mix_abreast", w1, x, abreast));
    Autograd.backward(y, gradient);
    List<NDArray> results = new ArrayList<>();
    for (NDArray result :
        List.of(
            y,
            Autograd.gradient(here, w1).orElseThrow(),
            Autograd.gradient(here, x).orElseThrow())) {
      results.add(kernels.tensor(here, "whole", result).duplicate());
    }
    return results;
  }

  private NDArray random(Dtype dtype, long... sizes) {
    NDArray like = cpu.manager().ones(new Shape(1));
    return kernels.tensor(cpu.manager(), "random_of", sizes, dtype, 1.0, like);
  }
}
