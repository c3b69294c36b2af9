package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;
import io.kohaku.train.model.DiffusionObjective;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.SampleKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReadyBatchTest {
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  private static final MicroBatch ROWS =
      new MicroBatch(
          new long[] {7, 8},
          3,
          2,
          values(2 * 4 * 3 * 2),
          values(12),
          List.of("a", "b"),
          new CaptionTokens.Ids(1, new long[154], new long[154]),
          List.of(new SampleKey(1, 0, 5), new SampleKey(1, 0, 6)));

  @Test
  void whichThreadMakesItChangesNothing() {
    try (DiffusionObjective objective = objective()) {
      Collator collator =
          new Collator(objective, new NoiseOffset(0.1, 0.2), new Collator.Timesteps(0, 1000));
      CompletableFuture<ReadyBatch> elsewhere =
          CompletableFuture.supplyAsync(
              () -> {
                Autograd.enterThread();
                return collator.ready(ROWS);
              });
      try (ReadyBatch there = elsewhere.join();
          ReadyBatch here = collator.ready(ROWS)) {
        assertThat(there.rows()).isSameAs(ROWS);
        NDList made = there.on(cpu.manager()).tensors();
        assertSame(made, here.on(cpu.manager()).tensors());
        assertThat(there.on(cpu.manager()).latents().toFloatArray()).isEqualTo(ROWS.latents());
        assertThat(there.on(cpu.manager()).timesteps().toLongArray())
            .containsExactly(
                ROWS.keys().get(0).timestep(0, 1000), ROWS.keys().get(1).timestep(0, 1000));
        assertThat(made).allMatch(tensor -> tensor.getDevice().equals(Device.cpu()));
      }
    }
  }

  @Test
  void closingItFreesItsTensors() {
    try (DiffusionObjective objective = objective()) {
      ReadyBatch ready =
          new Collator(objective, NoiseOffset.NONE, new Collator.Timesteps(0, 10)).ready(ROWS);
      NDArray noise = ready.on(cpu.manager()).noise();
      ready.close();
      assertThat(noise.isReleased()).isTrue();
    }
  }

  /** The way to a GPU, with the CPU in its place. */
  @Test
  void copiesToADeviceKeepOrderTypesAndValues() {
    NDList tensors =
        new NDList(cpu.manager().create(new long[] {3, 4}), cpu.manager().create(values(5)));
    TorchScript kernels = TorchScript.shared(ReadyBatch.class, "ready.torch");
    assertSame(kernels.tensors(cpu.manager(), "on_device", tensors, Device.cpu()), tensors);
  }

  private DiffusionObjective objective() {
    return new DiffusionObjective(
        cpu.manager(), NoiseSchedule.SDXL, Prediction.EPSILON, new float[1000]);
  }

  private static void assertSame(NDList actual, NDList expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).getDataType()).isEqualTo(expected.get(i).getDataType());
      assertThat(actual.get(i).toByteArray()).isEqualTo(expected.get(i).toByteArray());
    }
  }

  private static float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i * 37 % 11 - 5) / 3f;
    }
    return values;
  }
}
