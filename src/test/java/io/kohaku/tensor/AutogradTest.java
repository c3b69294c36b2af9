package io.kohaku.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class AutogradTest {
  private static NDManager manager;
  private static TorchScript kernels;

  @BeforeAll
  static void load() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    kernels =
        TorchScript.load(
            manager,
            new KernelSource(
                "text",
                "def product(x: Tensor, w: Tensor) -> Tensor:\n  return torch.mul(x, w)\n"));
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @Test
  void backwardIsTheVectorJacobianProduct() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray w = Autograd.leaf(here, here.create(new float[] {1, 2}).duplicate());
      NDArray unreached = Autograd.leaf(here, here.create(new float[] {1}).duplicate());
      NDArray x = here.create(new float[] {3, 5}).duplicate();
      NDArray g = here.create(new float[] {10, 100});
      assertThat(Autograd.gradient(here, w)).isEmpty();
      NDArray y = Autograd.recording(() -> kernels.tensor(here, "product", x, w));
      Autograd.backward(y, g);
      assertThat(gradient(here, w)).containsExactly(30, 500);
      NDArray a = Autograd.recording(() -> kernels.tensor(here, "product", x, w));
      NDArray b = Autograd.recording(() -> kernels.tensor(here, "product", a, w));
      Autograd.backward(List.of(a, b), List.of(g, g));
      assertThat(gradient(here, w)).containsExactly(30 + 30 + 60, 500 + 500 + 2000);
      assertThat(Autograd.gradient(here, unreached)).isEmpty();
      Autograd.zero(List.of(w, unreached));
      assertThat(gradient(here, w)).containsExactly(0, 0);
      assertThat(Autograd.gradient(here, unreached)).isEmpty();
    }
  }

  private static float[] gradient(NDManager scope, NDArray leaf) {
    return Autograd.gradient(scope, leaf).orElseThrow().toFloatArray();
  }
}
