package io.kohaku.tensor.script;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.Natives;
import org.junit.jupiter.api.Test;

/** Fails when a new DJL has moved what {@link PrivateDoor} enters by. */
final class PrivateDoorTest {
  @Test
  void resultsOfKernelsCarryGraphs() {
    Autograd.enterThread();
    try (NDManager manager = Natives.manager(Device.cpu());
        TorchScript kernels =
            TorchScript.load(
                manager,
                new KernelSource(
                    "square", "def square(x: Tensor) -> Tensor:\n  return torch.mul(x, x)\n"))) {
      NDArray x = Autograd.leaf(manager, manager.ones(new Shape(1)));
      NDArray y = Autograd.recording(() -> kernels.tensor(manager, "square", x));
      Autograd.backward(y, manager.ones(new Shape(1)));
      assertThat(Autograd.gradient(manager, x).orElseThrow().toFloatArray()).containsExactly(2);
    }
  }

  @Test
  void djlIsTheVersionTheDoorWasMeasuredOn() {
    Natives.load();
    assertThat(Engine.getDjlVersion()).isEqualTo("0.35.1");
    assertThat(Engine.getEngine("PyTorch").getVersion()).isEqualTo("2.7.1");
  }
}
