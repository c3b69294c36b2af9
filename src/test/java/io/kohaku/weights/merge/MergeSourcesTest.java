package io.kohaku.weights.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.merge.MergePlan.Checkpoint;
import io.kohaku.weights.merge.MergePlan.Differences;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeSourcesTest {
  private static final String ENTRY = "model.diffusion_model.input_blocks.0.0.weight";
  private static final String LABEL = "model.diffusion_model.label_emb.0.0.weight";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9 | x | it is an inpainting model: its U-Net takes 9 channels (SDXL's takes 4)",
        "8 | x | it is a model that edits pictures: its U-Net takes 8 channels (SDXL's takes 4)",
        "4 | x | its U-Net is not SDXL's: it has no model.diffusion_model.label_emb.0.0.weight",
        "4 | lora_unet_out_2.lora_down.weight | it is an adapter and no checkpoint (name it in bake.adapters or sample.adapters): it has lora_unet_out_2.lora_down.weight",
        "4 | cond_stage_model.transformer.x | it is Stable Diffusion 1: it has cond_stage_model.transformer.x"
      })
  void otherNetworksAreRefusedBeforeAnythingIsWritten(long channels, String beside, String what)
      throws IOException {
    Path file =
        new TestFile()
            .put(ENTRY, Dtype.F32, new long[] {1, channels, 1, 1}, new float[(int) channels])
            .put(beside, Dtype.F32, new long[] {1}, 1)
            .write(folder.resolve("a"));
    MergePlan plan = plan(new Checkpoint(file, 0.5, false), new Checkpoint(file, 0.5, false));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> CheckpointMerge.write(plan, Channels.newChannel(out)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot load %s: not a checkpoint of SDXL: %s".formatted(file, what));
    assertThat(out.size()).isZero();
  }

  @Test
  void partsAloneMayBeMerged() throws IOException {
    Path file =
        new TestFile()
            .put(ENTRY, Dtype.F32, new long[] {1, 4, 1, 1}, 1, 2, 3, 4)
            .put(LABEL, Dtype.F32, new long[] {1, 1}, 1)
            .write(folder.resolve("unet"));
    Path other =
        new TestFile()
            .put("decoder.x", Dtype.F32, new long[] {1}, 1)
            .write(folder.resolve("other"));
    for (Path part : List.of(file, other)) {
      MergePlan plan = plan(new Checkpoint(part, 1, false));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThatCode(() -> CheckpointMerge.write(plan, Channels.newChannel(out)))
          .doesNotThrowAnyException();
    }
  }

  private Path file(String name, String... tensors) throws IOException {
    TestFile file = new TestFile();
    for (String tensor : tensors) {
      file.put(tensor, Dtype.F32, new long[] {1}, 1);
    }
    return file.write(folder.resolve(name));
  }

  private static MergePlan half(Path one, Path other, Optional<Path> original) {
    return plan(original, new Checkpoint(one, 0.5, true), new Checkpoint(other, 0.5, false));
  }

  private static MergePlan plan(Checkpoint... checkpoints) {
    return plan(Optional.empty(), checkpoints);
  }

  private static MergePlan plan(Optional<Path> original, Checkpoint... checkpoints) {
    return new MergePlan(
        List.of(checkpoints),
        original,
        original.isPresent() ? Set.of(Embedding.FIRST_TOKEN) : Set.of(),
        Dtype.F32,
        Optional.empty(),
        Differences.ERROR);
  }

  @Test
  void tensorsThatNothingReadsAreNoDifference() throws IOException {
    Path bare = file("bare", "first_stage_model.encoder.x");
    Path full =
        file(
            "full",
            "first_stage_model.encoder.x",
            TestFile.LOGIT_SCALE,
            TestFile.POSITION_IDS,
            "conditioner.embedders.1.model.transformer.text_model.embeddings.position_ids",
            "model_ema.decay",
            "denoiser.sigmas",
            "alphas_cumprod");
    Path merged = folder.resolve("merged");
    for (Path first : List.of(bare, full)) {
      MergePlan plan = half(first, first == bare ? full : bare, Optional.empty());
      try (FileChannel out = TestFile.channel(merged)) {
        assertThat(CheckpointMerge.write(plan, out).differences()).isEmpty();
      }
      try (SafeTensors result = SafeTensors.open(merged);
          SafeTensors own = SafeTensors.open(first)) {
        assertThat(result.tensors().keySet()).isEqualTo(own.tensors().keySet());
      }
      Files.delete(merged);
    }
  }

  @Test
  void aFewDifferencesAreToldWithTheWayOut() throws IOException {
    String[] names = new String[12];
    Arrays.setAll(names, i -> "decoder.x" + i);
    Path one = file("one", names);
    Path other = file("other", "decoder.x0");
    assertThatThrownBy(() -> CheckpointMerge.check(half(one, other, Optional.empty())))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot merge: the checkpoints differ: decoder.x1 is missing in %1$s; decoder.x10 is missing in %1$s; decoder.x11 is missing in %1$s; and 8 more (merge.differences = first takes the first checkpoint's tensors)"
                .formatted(other));
  }

  @Test
  void filesWithNothingInCommonAreRefused() throws IOException {
    Path vae = file("vae", "decoder.x", "logit_scale");
    Path unet = file("unet", "model.diffusion_model.out.2.bias", "logit_scale");
    Path other = file("other", "foo", "bar");
    assertThatThrownBy(() -> CheckpointMerge.check(half(vae, unet, Optional.empty())))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot merge %s and %s: they have no tensor in common; %1$s: it is an autoencoder alone"
                .formatted(vae, unet));
    assertThatThrownBy(() -> CheckpointMerge.check(half(other, other, Optional.empty())))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot merge %s: it has no tensor of SDXL, but bar".formatted(other));
  }

  @Test
  void aPartBesideACheckpointIsTold() throws IOException {
    Path whole = TestFile.tiny("a", Dtype.F32).write(folder.resolve("whole"));
    Path vae = file("vae", "first_stage_model.decoder.conv_in.bias");
    assertThatThrownBy(() -> CheckpointMerge.check(half(whole, vae, Optional.empty())))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot merge: the checkpoints differ: ")
        .hasMessageContaining(
            " more (merge.differences = first takes the first checkpoint's tensors); %s: it is an autoencoder alone"
                .formatted(vae));
    assertThatThrownBy(() -> CheckpointMerge.check(half(whole, whole, Optional.of(vae))))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot restore %s from %s: %2$s has no such tensor; %2$s: it is an autoencoder alone"
                .formatted(Embedding.FIRST_TOKEN.key(), vae));
  }

  @Test
  void noiseAndVelocityAreNotMerged() throws IOException {
    Path noise = scheduler("noise", "{\"prediction_type\": \"epsilon\"}");
    Path velocity = scheduler("velocity", "{\"prediction_type\": \"v_prediction\"}");
    Path silent = scheduler("silent", "{}");
    assertThatThrownBy(() -> MergeSources.requireOnePrediction(List.of(velocity, silent, noise)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot merge: %s predicts epsilon, %s v_prediction".formatted(noise, velocity));
    assertThat(MergeSources.requireOnePrediction(List.of(velocity, velocity))).isEmpty();
    assertThat(MergeSources.requireOnePrediction(List.of(silent, silent))).isEmpty();
    assertThat(MergeSources.requireOnePrediction(List.of(silent, velocity)))
        .hasValue(
            "%s predicts v_prediction, %s does not say what: merged as if both predicted the same"
                .formatted(velocity, silent));
  }

  private Path scheduler(String name, String json) throws IOException {
    Path checkpoint = folder.resolve(name);
    Path place = Files.createDirectories(checkpoint.resolve("scheduler"));
    Files.writeString(place.resolve("scheduler_config.json"), json);
    return checkpoint;
  }
}
