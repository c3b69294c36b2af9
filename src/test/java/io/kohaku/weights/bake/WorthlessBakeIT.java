package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A baked weight that is no number fails and is named. */
class WorthlessBakeIT {
  @TempDir private Path folder;

  @Test
  void anAdapterThatChangesNothingAndOneWithoutALayerAreNotBaked() throws IOException {
    Path base = TestFile.tiny("b", Dtype.F16).write(folder.resolve("base.safetensors"));
    Path zeros = TestFile.adapter(0).write(folder.resolve("zeros.safetensors"));
    Path empty = new TestFile().write(folder.resolve("empty.safetensors"));
    try (FileChannel out = TestFile.channel(folder.resolve("baked.safetensors"))) {
      assertThatThrownBy(() -> Bake.write(plan(base, zeros), out))
          .isInstanceOf(WorthlessResultException.class)
          .hasMessageStartingWith("Cannot use %s: it changes no layer", zeros);
      assertThatThrownBy(() -> Bake.write(plan(base, empty), out))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage("Cannot use %s as an adapter: it holds no layer of an adapter", empty);
    }
  }

  private static BakePlan plan(Path base, Path adapter) {
    return new BakePlan(base, List.of(new MergedAdapters.Source(adapter, 1)), Optional.empty());
  }

  @Test
  void namesTheWeightThatAnAdapterMakesTooLarge() throws IOException {
    Path base = TestFile.tiny("b", Dtype.F16).write(folder.resolve("base.safetensors"));
    Path adapter = TestFile.adapter().write(folder.resolve("adapter.safetensors"));
    BakePlan plan =
        new BakePlan(base, List.of(new MergedAdapters.Source(adapter, 1e12)), Optional.empty());
    try (FileChannel out = TestFile.channel(folder.resolve("baked.safetensors"))) {
      assertThatThrownBy(() -> Bake.write(plan, out))
          .isInstanceOf(WorthlessResultException.class)
          .hasMessageContaining("too large for F16")
          .hasMessageContaining(".weight");
    }
  }

  /** Which of the files is at fault, and where in it. */
  @Test
  void namesTheFileAndItsTensorThatIsNoNumber() throws IOException {
    String tensor = "lora_unet_middle_block_0_in_layers_2.lokr_w1";
    Path base = TestFile.tiny("b", Dtype.F32).write(folder.resolve("base.safetensors"));
    Path good = TestFile.adapter().write(folder.resolve("good.safetensors"));
    Path spoilt = spoilt(TestFile.adapter(), tensor).write(folder.resolve("spoilt.safetensors"));
    BakePlan two =
        new BakePlan(
            base,
            List.of(new MergedAdapters.Source(good, 1), new MergedAdapters.Source(spoilt, 1)),
            Optional.empty());
    String weight = "model.diffusion_model.middle_block.0.in_layers.2.weight";
    try (FileChannel out = TestFile.channel(folder.resolve("baked.safetensors"))) {
      assertThatThrownBy(() -> Bake.write(two, out))
          .isInstanceOf(WorthlessResultException.class)
          .hasMessageStartingWith("Cannot write tensor " + weight)
          .hasMessageEndingWith(
              "tensor %s of the adapter %s has numbers that are none", tensor, spoilt);
      Path nan =
          spoilt(TestFile.tiny("b", Dtype.F32), weight).write(folder.resolve("nan.safetensors"));
      assertThatThrownBy(() -> Bake.write(plan(nan, good), out))
          .hasMessageContaining("tensor %s of %s has numbers that are none (1 of ", weight, nan);
    }
  }

  private static TestFile spoilt(TestFile file, String name) {
    long[] shape = file.shapes().get(name);
    float[] values = new float[(int) new Shape(shape).size()];
    Arrays.fill(values, 0.5f);
    values[values.length - 1] = Float.NaN;
    return file.put(name, Dtype.F32, shape, values);
  }
}
