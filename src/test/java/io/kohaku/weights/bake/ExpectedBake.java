package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.file.MergedAdapters.Source;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.verify.Verification;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An adapter baked into the tiny SDXL, and what each of its tensors must be then. */
final class ExpectedBake {
  /** A few roundings of float32 for numbers of about 1. */
  private static final double ROUNDING = 1e-6;

  final TestFile file = new TestFile();
  private final Path folder;
  private final Path base;
  private final Map<String, long[]> shapes = TinySdxl.load().tensors();
  private final Map<String, double[]> expected = new LinkedHashMap<>();

  ExpectedBake(Path folder) throws IOException {
    this.folder = folder;
    this.base = TestFile.tiny("", Dtype.F32).write(folder.resolve("base.safetensors"));
  }

  /** The shape of a tensor of the base. */
  long[] shape(String key) {
    return shapes.get(key);
  }

  /** The adapter, once it is written. */
  Path adapter() {
    return folder.resolve("adapter.safetensors");
  }

  private float[] weight(String key) {
    try (SafeTensors stored = SafeTensors.open(base)) {
      return TestFile.values(stored, key);
    }
  }

  /** A tensor must have {@code factor · change} added from element {@code first} on. */
  void expect(String key, int first, double factor, double[] change) {
    expected.put(key, StoredFamily.sum(weight(key), first, factor, change));
  }

  static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /**
   * Bakes the file and holds every tensor against what is expected, the others against the base.
   */
  BakeReport bake(double multiplier) throws IOException {
    Path adapter = file.write(adapter());
    Path result = folder.resolve("baked.safetensors");
    BakePlan plan = new BakePlan(base, List.of(new Source(adapter, multiplier)), Optional.empty());
    BakeReport report;
    try (FileChannel out = TestFile.channel(result)) {
      report = Bake.write(plan, out);
    }
    try (SafeTensors baked = SafeTensors.open(result);
        SafeTensors old = SafeTensors.open(base)) {
      assertThat(baked.tensors().keySet()).isEqualTo(old.tensors().keySet());
      for (TensorInfo info : baked.tensors().values()) {
        String name = info.name();
        if (!expected.containsKey(name)) {
          assertThat(TestFile.bytes(baked, name)).as(name).isEqualTo(TestFile.bytes(old, name));
        } else {
          assertClose(name, TestFile.values(baked, name), expected.get(name));
        }
      }
    }
    assertThat(Verification.ofBake(plan, result, ModelOptions.DEFAULT).problems()).isEmpty();
    return report;
  }

  private void assertClose(String name, float[] found, double[] wanted) {
    double moved = 0;
    float[] before = weight(name);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(Math.abs(found[i] - wanted[i])).as("%s[%s]", name, i).isLessThan(ROUNDING);
      moved = Math.max(moved, Math.abs(wanted[i] - before[i]));
    }
    assertThat(moved).as(name).isGreaterThan(1e-3);
  }
}
