package io.kohaku.tensor.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
      NDArray again = Autograd.recording(() -> kernels.tensor(here, "product", x, w));
      Autograd.backward(again, g);
      assertThat(gradient(here, w)).containsExactly(30 + 30, 500 + 500);
      assertThat(Autograd.gradient(here, unreached)).isEmpty();
      Autograd.zero(List.of(w, unreached));
      assertThat(gradient(here, w)).containsExactly(0, 0);
      assertThat(Autograd.gradient(here, unreached)).isEmpty();
    }
  }

  @Test
  void recordingIsOfTheThreadAndEndsWithItsBody() {
    assertThat(JniUtils.isGradMode()).isFalse();
    boolean inside = Autograd.recording(() -> Autograd.paused(JniUtils::isGradMode));
    assertThat(inside).isFalse();
    assertThat(Autograd.<Boolean>recording(JniUtils::isGradMode)).isTrue();
    assertThatThrownBy(
            () ->
                Autograd.recording(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    assertThat(JniUtils.isGradMode()).isFalse();
  }

  /** Two tasks of one process share the kernels and must not feel each other. */
  @Test
  void threadsTrainAtOnceWithTheSameBitsAsAlone() throws Exception {
    float[] alone = trained();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<float[]>> both =
          threads.invokeAll(List.of(AutogradTest::trained, AutogradTest::trained));
      assertThat(both.get(0).get()).containsExactly(alone);
      assertThat(both.get(1).get()).containsExactly(alone);
    } finally {
      threads.shutdownNow();
    }
  }

  private static float[] trained() {
    Autograd.enterThread();
    try (NDManager own = Natives.manager(Device.cpu())) {
      NDArray w = Autograd.leaf(own, own.create(new float[] {0.5f, -2}).duplicate());
      for (int i = 0; i < 200; i++) {
        try (MemoryScope scope = MemoryScope.open(own)) {
          NDManager here = scope.manager();
          NDArray y = Autograd.recording(() -> kernels.tensor(here, "product", w, w));
          Autograd.backward(y, here.create(new float[] {0.01f, 0.02f}).duplicate());
          w.subi(Autograd.gradient(here, w).orElseThrow());
          Autograd.zero(List.of(w));
        }
      }
      return w.toFloatArray();
    }
  }

  private static float[] gradient(NDManager scope, NDArray leaf) {
    return Autograd.gradient(scope, leaf).orElseThrow().toFloatArray();
  }
}
