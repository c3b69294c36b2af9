package io.kohaku.weights.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.SixteenBits;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.merge.MergePlan.Checkpoint;
import io.kohaku.weights.merge.MergePlan.Differences;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointMergeIT {
  private static final Set<String> EMBEDDINGS =
      Arrays.stream(Embedding.values()).map(Embedding::key).collect(Collectors.toSet());

  @TempDir private static Path folder;

  private static Path gamma;
  private static Path beta;
  private static Path original;

  @BeforeAll
  static void writeCheckpoints() throws IOException {
    gamma = TestFile.tiny("g", Dtype.F16).metadata("sshs_model_hash", "x").write(file("gamma"));
    beta = TestFile.tiny("be", Dtype.F32).write(file("beta"));
    original = TestFile.tiny("ori", Dtype.BF16).write(file("original"));
  }

  private static Path file(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static MergePlan plan(Dtype arithmetic, Optional<Dtype> output, Checkpoint... parts) {
    return new MergePlan(
        List.of(parts),
        Optional.of(original),
        EnumSet.allOf(Embedding.class),
        arithmetic,
        output,
        Differences.ERROR);
  }

  private static MergeReport merge(MergePlan plan, Path result) throws IOException {
    try (FileChannel out = TestFile.channel(result)) {
      return CheckpointMerge.write(plan, out);
    }
  }

  @Test
  void theCardsMergeIsPlainAlgebraToTheLastBit() throws IOException {
    Path result = file("delta-base");
    MergeReport report =
        merge(
            plan(
                Dtype.F32,
                Optional.empty(),
                new Checkpoint(gamma, 0.5, true),
                new Checkpoint(beta, 0.5, true)),
            result);
    assertThat(report).isEqualTo(new MergeReport(890, 4, 1, List.of()));
    try (SafeTensors merged = SafeTensors.open(result);
        SafeTensors one = SafeTensors.open(gamma);
        SafeTensors two = SafeTensors.open(beta);
        SafeTensors old = SafeTensors.open(original)) {
      assertThat(merged.tensors().keySet()).isEqualTo(one.tensors().keySet());
      for (TensorInfo info : merged.tensors().values()) {
        String name = info.name();
        assertThat(info.shape()).isEqualTo(one.info(name).shape());
        assertThat(info.dtype()).isEqualTo(one.info(name).dtype());
        if (name.equals(TestFile.POSITION_IDS)) {
          assertThat(TestFile.bytes(merged, name)).isEqualTo(TestFile.bytes(one, name));
          continue;
        }
        boolean restored = EMBEDDINGS.contains(name);
        float[] a = TestFile.values(restored ? old : one, name);
        float[] b = TestFile.values(restored ? old : two, name);
        for (int i = 0; i < a.length; i++) {
          a[i] = 0.5f * a[i] + 0.5f * b[i];
        }
        assertThat(Arrays.equals(TestFile.bytes(merged, name), TestFile.bytes(Dtype.F16, a)))
            .as(name)
            .isTrue();
      }
      assertThat(merged.metadata())
          .containsEntry("head_width", "16")
          .containsEntry("modelspec.merged_from", "gamma.safetensors * 0.5, beta.safetensors * 0.5")
          .doesNotContainKey("sshs_model_hash");
    }
  }

  @Test
  void eachEmbeddingIsRestoredAlone() throws IOException {
    Path result = file("one-restored");
    MergePlan plan =
        new MergePlan(
            List.of(new Checkpoint(beta, 0.5, true), new Checkpoint(beta, 0.5, true)),
            Optional.of(original),
            EnumSet.of(Embedding.SECOND_POSITION),
            Dtype.F32,
            Optional.empty(),
            Differences.ERROR);
    assertThat(merge(plan, result).restored()).isEqualTo(1);
    try (SafeTensors merged = SafeTensors.open(result);
        SafeTensors own = SafeTensors.open(beta);
        SafeTensors old = SafeTensors.open(original)) {
      for (Embedding embedding : Embedding.values()) {
        SafeTensors source = embedding == Embedding.SECOND_POSITION ? old : own;
        assertThat(TestFile.values(merged, embedding.key()))
            .isEqualTo(TestFile.values(source, embedding.key()));
      }
    }
  }

  @Test
  void anyNumberOfCheckpointsInDoubleIsRoundedOnce() throws IOException {
    Path result = file("three");
    merge(
        plan(
            Dtype.F64,
            Optional.of(Dtype.BF16),
            new Checkpoint(gamma, 0.2, true),
            new Checkpoint(beta, 0.5, false),
            new Checkpoint(original, 0.3, false)),
        result);
    try (SafeTensors merged = SafeTensors.open(result);
        SafeTensors one = SafeTensors.open(gamma);
        SafeTensors two = SafeTensors.open(beta);
        SafeTensors old = SafeTensors.open(original)) {
      for (String name : merged.tensors().keySet()) {
        if (name.equals(TestFile.POSITION_IDS)) {
          continue;
        }
        float[] a = TestFile.values(EMBEDDINGS.contains(name) ? old : one, name);
        float[] b = TestFile.values(two, name);
        float[] c = TestFile.values(old, name);
        short[] stored = new short[a.length];
        merged.bytes(name).asShortBuffer().get(stored);
        for (int i = 0; i < a.length; i++) {
          double sum = 0.2 * a[i] + 0.5 * b[i] + 0.3 * c[i];
          if (stored[i] != SixteenBits.BFLOAT.encode(sum)) {
            throw new AssertionError(name + "[" + i + "] of " + sum);
          }
        }
      }
    }
  }

  @Test
  void doublesAreNotRoundedTwice() throws IOException {
    double third = 1 / 3.0;
    float almost = (float) (1 + 0x1p-11);
    float little = 0x1p-40f;
    Path one =
        new TestFile()
            .put("first_stage_model.x", Dtype.F32, new long[] {2}, almost, almost)
            .write(file("1"));
    Path two =
        new TestFile()
            .put("first_stage_model.x", Dtype.F32, new long[] {2}, little, -little)
            .write(file("2"));
    Path result = file("tie");
    MergePlan plan =
        new MergePlan(
            List.of(new Checkpoint(one, 1, false), new Checkpoint(two, third, false)),
            Optional.empty(),
            Set.of(),
            Dtype.F64,
            Optional.of(Dtype.F16),
            Differences.ERROR);
    merge(plan, result);
    try (SafeTensors merged = SafeTensors.open(result)) {
      assertThat(TestFile.values(merged, "first_stage_model.x")).containsExactly(1 + 0x1p-10f, 1);
    }
  }

  @Test
  void differencesStopAMergeUnlessTheFirstDecides() throws IOException {
    String scale = TestFile.LOGIT_SCALE;
    Path other =
        TestFile.tiny("be", Dtype.F32)
            .remove(scale)
            .remove("model.diffusion_model.out.0.bias")
            .put("extra", Dtype.F32, new long[] {1}, 1)
            .put("model.diffusion_model.out.2.bias", Dtype.F32, new long[] {1}, 1)
            .write(file("other"));
    MergePlan strict =
        plan(
            Dtype.F32,
            Optional.empty(),
            new Checkpoint(gamma, 0.25, false),
            new Checkpoint(other, 0.75, false));
    assertThatThrownBy(() -> merge(strict, file("never")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot merge: the checkpoints differ: ")
        .hasMessageEndingWith(" (merge.differences = first takes the first checkpoint's tensors)")
        .hasMessageContaining("model.diffusion_model.out.0.bias is missing in " + other)
        .hasMessageContaining("model.diffusion_model.out.2.bias is [1] in " + other + ", not [4]")
        .hasMessageContaining("extra is in " + other + " but not in " + gamma);
    MergePlan lenient =
        new MergePlan(
            strict.checkpoints(),
            Optional.empty(),
            Set.of(),
            Dtype.F32,
            Optional.empty(),
            Differences.FIRST);
    Path result = file("lenient");
    assertThat(merge(lenient, result).differences()).hasSize(3);
    try (SafeTensors merged = SafeTensors.open(result);
        SafeTensors one = SafeTensors.open(gamma)) {
      assertThat(merged.tensors().keySet()).isEqualTo(one.tensors().keySet());
      assertThat(TestFile.bytes(merged, scale)).isEqualTo(TestFile.bytes(one, scale));
    }
  }

  @Test
  void aPlanIsCheckedBeforeFilesAreOpened() {
    assertThatThrownBy(
            () ->
                new MergePlan(
                    List.of(new Checkpoint(gamma, 1, true)),
                    Optional.empty(),
                    Set.of(Embedding.FIRST_TOKEN),
                    Dtype.F32,
                    Optional.empty(),
                    Differences.ERROR))
        .hasMessage("Cannot restore embeddings: no original checkpoint is named");
    assertThatThrownBy(() -> plan(Dtype.F16, Optional.empty(), new Checkpoint(gamma, 1, false)))
        .hasMessage("Invalid arithmetic: F16 (one of F32, F64)");
    assertThatThrownBy(() -> plan(Dtype.F32, Optional.empty()))
        .hasMessage("Cannot merge nothing: name at least one checkpoint");
  }
}
