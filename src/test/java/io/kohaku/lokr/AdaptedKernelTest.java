package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.Golden;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant in both ways of applying it, against single layers of the reference. */
final class AdaptedKernelTest {
  private static NDManager manager;
  private static TorchScript kernels;
  private static SafeTensors golden;

  @BeforeAll
  static void load() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    kernels = TorchScript.load(manager, LokrKernels.layers());
    golden = SafeTensors.open(Golden.path("lokr-cases.safetensors"));
  }

  @AfterAll
  static void close() {
    golden.close();
    manager.close();
  }

  static Stream<Arguments> everyWay() {
    return LokrCase.all().stream()
        .flatMap(c -> Stream.of(ApplyMode.MERGED, ApplyMode.BYPASS).map(m -> Arguments.of(c, m)));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void matchesTheReference(LokrCase expected, ApplyMode mode) {
    try (MemoryScope memory = MemoryScope.open(manager);
        TensorDict p = tensors(memory.manager(), expected);
        Scalars c = constants(expected, mode)) {
      NDManager scope = memory.manager();
      NDArray x = Autograd.leaf(scope, read(scope, expected, "x"));
      NDArray y = Autograd.recording(() -> apply(scope, expected, x, p, c));
      Autograd.backward(y, read(scope, expected, "gy"));
      assertClose(y, read(scope, expected, "y"), 1e-5);
      assertClose(Autograd.gradient(scope, x).orElseThrow(), read(scope, expected, "gx"), 1e-5);
      for (String leaf : expected.parameters().keySet()) {
        NDArray gradient = Autograd.gradient(scope, p.tensor("layer." + leaf)).orElseThrow();
        assertClose(gradient, read(scope, expected, leaf + ".grad"), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.kohaku.lokr.LokrCase#all")
  void mergesAsTheReferenceDoes(LokrCase expected) {
    try (MemoryScope memory = MemoryScope.open(manager);
        TensorDict p = tensors(memory.manager(), expected);
        Scalars c = constants(expected, ApplyMode.MERGED)) {
      NDManager scope = memory.manager();
      NDArray delta = kernels.tensor(scope, "lokr_delta", p, c, "layer");
      NDArray weight = kernels.tensor(scope, "lokr_weight", p, c, "layer");
      assertClose(weight, read(scope, expected, "merged"), 1e-6);
      assertClose(delta, read(scope, expected, "diff"), 1e-6);
    }
  }

  private static NDArray apply(
      NDManager scope, LokrCase layer, NDArray x, TensorDict p, Scalars c) {
    return layer.convolution()
        ? kernels.tensor(scope, "conv", x, p, c, "layer", layer.stride(), layer.padding())
        : kernels.tensor(scope, "linear", x, p, c, "layer");
  }

  private static TensorDict tensors(NDManager scope, LokrCase layer) {
    TensorDict p = new TensorDict();
    p.put("layer.weight", read(scope, layer, "org"));
    if (golden.tensors().containsKey(layer.name() + ".bias")) {
      p.put("layer.bias", read(scope, layer, "bias"));
    }
    for (String leaf : layer.parameters().keySet()) {
      p.put("layer." + leaf, Autograd.leaf(scope, read(scope, layer, leaf)));
    }
    return p;
  }

  private static Scalars constants(LokrCase layer, ApplyMode mode) {
    Scalars c = new Scalars();
    LokrShape.of(layer.weight(), layer.options())
        .constants(mode)
        .forEach((name, number) -> c.put("layer." + name, number));
    return c;
  }

  private static NDArray read(NDManager scope, LokrCase layer, String name) {
    return golden.read(scope, layer.name() + "." + name, Dtype.F32);
  }

  private static void assertClose(NDArray actual, NDArray expected, double tolerance) {
    assertThat(Numbers.difference(actual, expected)).isLessThanOrEqualTo(tolerance);
  }
}
