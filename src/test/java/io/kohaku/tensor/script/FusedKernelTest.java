package io.kohaku.tensor.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that libtorch may rewrite after their first runs. */
final class FusedKernelTest {
  private static final String TEXT =
      """
      def weighted(x: Tensor, p: Dict[str, Tensor], name: str) -> Tensor:
        y = torch.mul(torch.silu(x), p[name + ".weight"])
        if torch.__contains__(p, name + ".bias"):
          y = torch.add(y, p[name + ".bias"])
        return y
      def layer(x: Tensor, p: Dict[str, Tensor], c: Dict[str, float]) -> Tensor:
        h = torch.layer_norm(torch.to(x, 6), [torch.size(x, -1)], None, None, 1e-05)
        y = torch.mul(torch.sigmoid(weighted(h, p, "a")), torch.gelu(weighted(h, p, "b")))
        y = torch.add(torch.add(y, torch.mul(h, 0.3)), torch.tanh(weighted(h, p, "a")))
        z = torch.linear(y, p["c.weight"])
        return torch.add(torch.alias(x), torch.mul(z, c["scale"]))
      def add_one(x: Tensor) -> int:
        torch.add_(x, 1.0)
        return 0
      """;

  /** Twice as many shapes as libtorch compiles one by one. */
  private static final int SHAPES = 4;

  private static final int WIDTH = 48;

  @RegisterExtension final CpuTensors cpu = new CpuTensors();
  private TorchScript kernels;
  private NDArray weight;
  private NDArray frozen;
  private NDArray matrix;
  private TensorDict p;
  private final Scalars c = new Scalars(Map.of("scale", 0.5));

  @BeforeEach
  void load() {
    NDManager here = cpu.manager();
    kernels = TorchScript.load(here, new KernelSource("text", TEXT));
    weight = Autograd.leaf(here, waves(here, WIDTH));
    frozen = waves(here, WIDTH);
    matrix = Autograd.leaf(here, waves(here, WIDTH, WIDTH));
    p = new TensorDict(Map.of("a.weight", weight, "b.weight", frozen, "b.bias", weight));
    p.put("c.weight", matrix);
  }

  @AfterEach
  void close() {
    p.close();
    c.close();
    Autograd.enterThread();
  }

  /** {@code i} infers, {@code f} goes forward with a graph, {@code b} backward too. */
  @ParameterizedTest
  @ValueSource(strings = {"iiiiffffbbbbibfibf", "bbbbiiiiffffbibfib", "ffffbbbbiiiibfibfi"})
  void givesTheSameInEveryOrderAndShape(String order) {
    List<float[]> plain = results(order);
    Autograd.fuse();
    List<float[]> fused = results(order);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(fused.get(i)).as("result %s", i).isEqualTo(plain.get(i));
    }
  }

  @Test
  void aNewAdapterMeetsTheRewrittenKernel() {
    Autograd.fuse();
    results("iibb");
    NDArray other = Autograd.leaf(cpu.manager(), waves(cpu.manager(), WIDTH).mul(2).duplicate());
    p.put("a.weight", other).put("a.bias", frozen);
    List<float[]> fused = results("ibb");
    Autograd.enterThread();
    assertThat(fused).usingRecursiveComparison().isEqualTo(results("ibb"));
  }

  @Test
  void whatIsNotPureRunsOnce() {
    Autograd.fuse();
    NDArray x = cpu.manager().zeros(new Shape(2));
    for (int i = 0; i < 3; i++) {
      kernels.run("add_one", x);
    }
    assertThat(x.toFloatArray()).containsExactly(3, 3);
  }

  @Test
  void aFailedRunLeavesTheThreadAsItWas() {
    Autograd.fuse();
    NDArray wrong = cpu.manager().ones(new Shape(2, 9, 5));
    assertThatThrownBy(
            () -> Autograd.recording(() -> kernels.pure(cpu.manager(), "layer", wrong, p, c)))
        .isInstanceOf(EngineException.class);
    List<float[]> fused = results("ib");
    Autograd.enterThread();
    assertThat(fused).usingRecursiveComparison().isEqualTo(results("ib"));
  }

  private List<float[]> results(String order) {
    List<float[]> results = new ArrayList<>();
    for (int i = 0; i < order.length(); i++) {
      try (MemoryScope scope = MemoryScope.open(cpu.manager())) {
        NDManager here = scope.manager();
        NDArray x = waves(here, 1 + i % SHAPES, 9, WIDTH);
        char what = order.charAt(i);
        NDArray y = what == 'i' ? run(here, x) : Autograd.recording(() -> run(here, x));
        results.add(y.toFloatArray());
        if (what == 'b') {
          Autograd.zero(List.of(weight, matrix));
          Autograd.backward(y, waves(here, y.getShape().getShape()));
          results.add(Autograd.gradient(here, weight).orElseThrow().toFloatArray());
          results.add(Autograd.gradient(here, matrix).orElseThrow().toFloatArray());
        }
      }
    }
    return results;
  }

  /** Numbers of both signs of the same for the same shape. */
  private static NDArray waves(NDManager here, long... shape) {
    Shape size = new Shape(shape);
    return here.arange((float) size.size()).mul(0.7f).sin().reshape(size).duplicate();
  }

  private NDArray run(NDManager here, NDArray x) {
    return kernels.pure(here, "layer", x, p, c);
  }
}
