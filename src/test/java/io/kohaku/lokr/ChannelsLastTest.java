package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.Golden;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions of the reference whose kernel lies channels-last. */
final class ChannelsLastTest {
  private static final KernelSource LAYOUT =
      new KernelSource(
          "layout",
          """
          def pixel_by_pixel(x: Tensor) -> Tensor:
            return torch.clone(x, memory_format=2)
          def lies_so(x: Tensor) -> List[bool]:
            return [torch.is_contiguous(x, memory_format=2)]
          """);

  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  static Stream<Arguments> convolutions() {
    return LokrCase.all().stream()
        .filter(LokrCase::convolution)
        .flatMap(c -> Stream.of(ApplyMode.MERGED, ApplyMode.BYPASS).map(m -> Arguments.of(c, m)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void matchesTheReference(LokrCase expected, ApplyMode mode) {
    NDManager here = cpu.manager();
    List<KernelSource> texts = new ArrayList<>(LokrKernels.layers());
    texts.add(LAYOUT);
    TorchScript kernels = TorchScript.load(here, texts);
    try (SafeTensors golden = SafeTensors.open(Golden.path("lokr-cases.safetensors"));
        BoundLayer layer = new BoundLayer(LokrShape.of(expected.weight(), expected.options()))) {
      Read read = name -> golden.read(here, expected.name() + "." + name, Dtype.F32);
      layer.apply(mode);
      layer.put("weight", kernels.tensor(here, "pixel_by_pixel", read.of("org")));
      if (golden.tensors().containsKey(expected.name() + ".bias")) {
        layer.put("bias", read.of("bias"));
      }
      expected.parameters().keySet().forEach(n -> layer.put(n, Autograd.leaf(here, read.of(n))));

      NDArray weight =
          kernels.tensor(here, "lokr_weight", layer.tensors(), layer.numbers(), BoundLayer.NAME);
      assertThat(liesSo(kernels, weight)).isTrue();
      assertThat(Numbers.difference(weight, read.of("merged"))).isLessThanOrEqualTo(1e-6);

      NDArray x = Autograd.leaf(here, read.of("x"));
      NDArray y = Autograd.recording(() -> convolve(kernels, here, x, layer, expected));
      assertThat(liesSo(kernels, y)).isTrue();
      Autograd.backward(y, read.of("gy"));
      close(y, read.of("y"));
      close(Autograd.gradient(here, x).orElseThrow(), read.of("gx"));
      for (String leaf : expected.parameters().keySet()) {
        close(Autograd.gradient(here, layer.tensor(leaf)).orElseThrow(), read.of(leaf + ".grad"));
      }
    }
  }

  /** A tensor of the case by its name. */
  private interface Read {
    NDArray of(String name);
  }

  private static NDArray convolve(
      TorchScript kernels, NDManager scope, NDArray x, BoundLayer layer, LokrCase shape) {
    return kernels.tensor(
        scope,
        "conv",
        x,
        layer.tensors(),
        layer.numbers(),
        BoundLayer.NAME,
        shape.stride(),
        shape.padding());
  }

  private static boolean liesSo(TorchScript kernels, NDArray x) {
    return kernels.tests("lies_so", x)[0];
  }

  /** Sums in another order: the tolerance of the plain way. */
  private static void close(NDArray actual, NDArray expected) {
    assertThat(Numbers.difference(actual, expected)).isLessThanOrEqualTo(1e-5);
  }
}
