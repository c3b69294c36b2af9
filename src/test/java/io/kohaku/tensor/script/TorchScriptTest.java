package io.kohaku.tensor.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class TorchScriptTest {
  private static final String TEXT =
      """
      # a comment
      def doubled(x: Tensor) -> Tensor:
        return torch.mul(x, 2.0)
      def sum_doubled(xs: List[Tensor], bias: Optional[Tensor]) -> Tensor:
        total = torch.zeros_like(xs[0])
        for i in range(torch.len(xs)):
          total = torch.add(total, doubled(xs[i]))  # bare name
        if torch.__isnot__(bias, None):
          total = torch.add(total, unchecked_cast(Tensor, bias))
        return total
      def pair(x: Tensor) -> Tuple[Tensor, Tensor]:
        return (x, doubled(x))
      def both(x: Tensor) -> List[Tensor]:
        return [x, doubled(x)]
      def looked_up(p: Dict[str, Tensor], c: Dict[str, float], name: str) -> Tensor:
        return p[name + ".weight"] * c["scale"]
      def count(sizes: List[int], more: int) -> float:
        return float(torch.len(sizes) + more)
      def half(x: float) -> float:
        return x / 2.0
      def flip(x: bool) -> bool:
        return torch.__not__(x)
      def brain(x: Tensor) -> Tensor:
        return torch.to(x, 15)
      def plain(x: Tensor) -> Tensor:
        return torch.to(x, 6)
      """;

  private static NDManager manager;
  private static TorchScript kernels;

  @BeforeAll
  static void load() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    kernels = TorchScript.load(manager, new KernelSource("text", TEXT));
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @Test
  void convertsEveryKindOfArgumentAndResult() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray x = scope.manager().create(new float[] {1, 2});
      NDArray y = kernels.tensor(scope.manager(), "sum_doubled", List.of(x, x), null);
      assertThat(y.toFloatArray()).containsExactly(4, 8);
      NDArray biased = kernels.tensor(scope.manager(), "sum_doubled", List.of(x), x);
      assertThat(biased.toFloatArray()).containsExactly(3, 6);
      NDList pair = kernels.tensors(scope.manager(), "pair", x);
      NDList both = kernels.tensors(scope.manager(), "both", x);
      assertThat(pair.get(1).toFloatArray()).containsExactly(2, 4);
      assertThat(both.get(1).toFloatArray()).containsExactly(2, 4);
      assertThat(kernels.number("count", new long[] {1, 2, 3}, 4)).isEqualTo(7);
      assertThat(kernels.number("half", 3.0)).isEqualTo(1.5);
      assertThat(kernels.test("flip", true)).isFalse();
    }
  }

  @Test
  void dictsAreMadeOnceAndChangeable() {
    try (MemoryScope scope = MemoryScope.open(manager);
        TensorDict weights = new TensorDict();
        Scalars constants = new Scalars(Map.of("scale", 3.0))) {
      NDArray x = scope.manager().create(new float[] {1, 2});
      weights.put("a.weight", x);
      assertThat(lookedUp(scope, weights, constants)).containsExactly(3, 6);
      x.addi(1);
      constants.put("scale", 10);
      assertThat(lookedUp(scope, weights, constants)).containsExactly(20, 30);
      weights.put("a.weight", scope.manager().ones(new Shape(1)));
      assertThat(lookedUp(scope, weights, constants)).containsExactly(10);
      try (TensorDict empty = new TensorDict()) {
        assertThatThrownBy(() -> lookedUp(scope, empty, constants))
            .isInstanceOf(EngineException.class)
            .hasMessageContaining("a.weight");
      }
      assertThatThrownBy(() -> weights.tensor("b"))
          .hasMessage("Unknown tensor: b (one of [a.weight])");
    }
  }

  private static float[] lookedUp(MemoryScope scope, TensorDict weights, Scalars constants) {
    return kernels.tensor(scope.manager(), "looked_up", weights, constants, "a").toFloatArray();
  }

  @Test
  void bfloat16PassesAsOpaqueHandle() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray x = scope.manager().create(new float[] {1, 1.001f, -3});
      NDArray brain = kernels.tensor(scope.manager(), "brain", x);
      NDArray doubled = kernels.tensor(scope.manager(), "doubled", brain);
      NDArray back = kernels.tensor(scope.manager(), "plain", doubled);
      assertThat(back.toFloatArray()).containsExactly(2, 2, -6);
    }
  }

  @Test
  void namesWhatCannotBeAnArgument() {
    assertThatThrownBy(() -> kernels.number("half", new Object()))
        .hasMessageStartingWith("Invalid argument 0: java.lang.Object (a kernel takes");
  }

  @Test
  void refusesTextsThatAreNotPlainFunctions() {
    assertThatThrownBy(() -> ScriptArchive.code(List.of(new KernelSource("odd", "import torch\n"))))
        .hasMessageStartingWith("Invalid kernel text: odd (only functions")
        .hasMessageEndingWith("found [import torch])");
    KernelSource one = new KernelSource("one", "def f() -> int:\n  return 1\n");
    KernelSource two = new KernelSource("two", "def f() -> int:\n  return 2\n");
    assertThatThrownBy(() -> ScriptArchive.code(List.of(one, two)))
        .hasMessage("Invalid kernel text: f in two (already defined in one)");
  }
}
