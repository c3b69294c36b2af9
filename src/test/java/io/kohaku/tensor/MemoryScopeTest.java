package io.kohaku.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MemoryScopeTest {
  private static final long MEBIBYTE = 1L << 20;

  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  @Test
  void freesWhatBelongsToOthersTooButNotWhatWasKept() {
    NDArray weight = cpu.manager().ones(new Shape(2));
    NDArray stray;
    NDArray kept;
    try (MemoryScope scope = MemoryScope.open(cpu.manager())) {
      stray = weight.add(weight);
      kept = scope.keep(scope.manager().ones(new Shape(3)), cpu.manager());
    }
    assertThat(kept.toFloatArray()).containsExactly(1, 1, 1);
    assertThat(weight.toFloatArray()).containsExactly(1, 1);
    assertThatThrownBy(stray::toFloatArray).isInstanceOf(IllegalStateException.class);
  }

  /** Steps with graphs, gradients and dicts of 4 MiB each; leaking any of them would show. */
  @Test
  void stepsLeaveNoMemoryBehind() throws IOException {
    int size = 1 << 20;
    try (TorchScript kernels =
        TorchScript.load(
            cpu.manager(),
            new KernelSource(
                "text",
                "def product(x: Tensor, p: Dict[str, Tensor]) -> Tensor:\n"
                    + "  return torch.mul(torch.mul(x, p[\"w\"]), p[\"w\"])\n"))) {
      NDArray weight = Autograd.leaf(cpu.manager(), cpu.manager().ones(new Shape(size)));
      TensorDict dict = new TensorDict().put("w", weight);
      steps(30, size, kernels, dict);
      long before = residentBytes();
      steps(100, size, kernels, dict);
      assertThat((residentBytes() - before) / MEBIBYTE).isLessThan(64);
      dict.close();
    }
  }

  private void steps(int count, int size, TorchScript kernels, TensorDict dict) {
    for (int i = 0; i < count; i++) {
      try (MemoryScope scope = MemoryScope.open(cpu.manager())) {
        NDManager here = scope.manager();
        NDArray x = here.ones(new Shape(size));
        NDArray y = Autograd.recording(() -> kernels.tensor(here, "product", x, dict));
        Autograd.backward(y, x);
        assertThat(Autograd.gradient(here, dict.tensor("w"))).isPresent();
      }
    }
  }

  private static long residentBytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * 4096;
  }
}
