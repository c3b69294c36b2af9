package io.kohaku.weights.merge;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.number.WorthlessResultException;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A merge with numbers that are none fails and names the first tensor of them. */
class WorthlessMergeIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "NaN, 1, F32",
    "Infinity, 1, F32",
    "Infinity, -Infinity, BF16",
    "70000, 70000, F16",
    "3e38, 3e38, F8_E5M2",
    "500, 500, F8_E4M3"
  })
  void namesTheTensorThatBecameWorthless(float one, float other, Dtype output) throws IOException {
    MergePlan plan =
        new MergePlan(
            List.of(checkpoint("one", one), checkpoint("other", other)),
            Optional.empty(),
            Set.of(),
            Dtype.F32,
            Optional.of(output),
            MergePlan.Differences.ERROR);
    try (FileChannel out = TestFile.channel(folder.resolve("merged.safetensors"))) {
      assertThatThrownBy(() -> CheckpointMerge.write(plan, out))
          .isInstanceOf(WorthlessResultException.class)
          .hasMessageStartingWith(
              "Cannot write tensor first_stage_model.b: it would have numbers that are none or too large for "
                  + output)
          .hasMessageContaining(
              Float.isFinite(one)
                  ? "all that it is made of are numbers"
                  : "tensor first_stage_model.b of %s has numbers that are none (1 of 3)"
                      .formatted(folder.resolve("one.safetensors")));
    }
  }

  private MergePlan.Checkpoint checkpoint(String name, float value) throws IOException {
    Path file =
        new TestFile()
            .put("first_stage_model.a", Dtype.F32, new long[] {2}, 1, 2)
            .put("first_stage_model.b", Dtype.F32, new long[] {3}, 1, value, 2)
            .write(folder.resolve(name + ".safetensors"));
    return new MergePlan.Checkpoint(file, 0.5, false);
  }
}
