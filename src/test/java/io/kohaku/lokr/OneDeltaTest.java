package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forward, merge, export and norms have one delta: the formula stands once and gives all four. */
final class OneDeltaTest {
  private NDManager scope;
  private TorchScript kernels;

  @BeforeEach
  void enter() {
    Autograd.enterThread();
    scope = Natives.manager(Device.cpu());
    kernels = TorchScript.load(scope, LokrKernels.layers());
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void theFormulaStandsOnce() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/resources/io/kohaku"))) {
      List<Path> withProduct =
          files
              .filter(file -> file.toString().endsWith(".torch"))
              .filter(file -> code(file).contains("kron("))
              .toList();
      assertThat(withProduct).hasSize(1);
      assertThat(withProduct.get(0)).hasFileName("delta.torch");
      assertThat(code(withProduct.get(0)).split("kron\\(")).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("io.kohaku.lokr.LokrCase#all")
  void whatTheForwardAddsIsTheDeltaThatIsMergedAndMeasured(LokrCase variant) {
    LokrOptions plain = variant.options().without(LokrFlag.WEIGHT_DECOMPOSE);
    LokrLayer layer = layer(plain.with(LokrFlag.SCALAR));
    LokrNetwork network = LokrNetwork.create(scope, List.of(layer), TinyLayers::formula);
    NDArray base = TinyLayers.base(scope, layer.layer());
    NDArray delta = TinyLayers.delta(scope, network, layer);
    try (BoundLayer bound = BoundLayer.of(layer.shape(), network.parameters(layer))) {
      bound.put(BoundLayer.WEIGHT, base);
      TensorDict p = bound.tensors();
      Scalars c = bound.numbers();
      for (ApplyMode mode : List.of(ApplyMode.MERGED, ApplyMode.BYPASS)) {
        bound.apply(mode);
        NDArray everyInput = scope.eye((int) base.getShape().get(1));
        NDArray forward =
            kernels.tensor(scope, "linear", everyInput, p, c, BoundLayer.NAME).transpose();
        assertThat(Numbers.difference(forward, base.add(delta))).isLessThan(1e-6);
      }
      NDArray merged = kernels.tensor(scope, "lokr_weight", p, c, BoundLayer.NAME);
      assertThat(Numbers.difference(merged, base.add(delta))).isZero();
      double norm = delta.norm().getFloat();
      assertThat(MaxNorm.norm(network, layer)).isBetween(norm * 0.99999, norm * 1.00001);
    }
  }

  @Test
  void strengthIsLinear() {
    LokrOptions plain = LokrOptions.fullMatrix(4);
    for (LokrOptions options :
        List.of(
            plain,
            plain.with(LokrFlag.WEIGHT_DECOMPOSE),
            plain.with(LokrFlag.WEIGHT_DECOMPOSE).with(LokrFlag.DECOMPOSE_OVER_OUTPUTS))) {
      LokrLayer layer = layer(options);
      LokrNetwork network = LokrNetwork.create(scope, List.of(layer), TinyLayers::formula);
      NDArray base = TinyLayers.base(scope, layer.layer());
      NDArray others = base.mul(2);
      try (BoundLayer bound = BoundLayer.of(layer.shape(), network.parameters(layer))) {
        bound.put(BoundLayer.WEIGHT, base);
        TensorDict p = bound.tensors();
        Scalars c = bound.numbers();
        NDArray change = kernels.tensor(scope, "lokr_weight", p, c, BoundLayer.NAME).sub(base);
        for (double strength : new double[] {1, 0.5, 0, -1}) {
          NDArray added =
              kernels.tensor(scope, "lokr_added", p, c, BoundLayer.NAME, others, strength);
          assertThat(Numbers.difference(added, others.add(change.mul(strength)))).isLessThan(1e-6);
        }
        assertThat(change.norm().getFloat()).isPositive();
      }
    }
  }

  private static LokrLayer layer(LokrOptions options) {
    return TinyLayers.ALL.stream()
        .filter(l -> l.path().equals("middle_block.1.transformer_blocks.0.attn1.to_q"))
        .map(l -> LokrLayer.of(l, options))
        .findFirst()
        .orElseThrow();
  }

  private static String code(Path file) {
    try {
      return Files.readString(file).replaceAll("#[^\n]*", "");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
