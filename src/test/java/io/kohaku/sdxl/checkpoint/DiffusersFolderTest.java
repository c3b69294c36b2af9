package io.kohaku.sdxl.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.DiffusersTiny;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.file.TensorStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders in Diffusers' layout as they are published: variants, shards, and none of the kind. */
class DiffusersFolderTest {
  private static final ModelOptions TINY =
      new ModelOptions(Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.STANDARD, 16);
  private static final List<String> NETWORKS =
      List.of("unet", "text_encoder", "text_encoder_2", "vae");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    DiffusersTiny.write(folder);
  }

  private Path only(String network) {
    String stem = network.startsWith("text") ? "model" : "diffusion_pytorch_model";
    return folder.resolve(network).resolve(stem + ".safetensors");
  }

  @Test
  void aPipelineWithoutAnAutoencoderIsNoVae() throws IOException {
    Files.move(folder.resolve("vae"), folder.resolve("elsewhere"));
    assertThatThrownBy(() -> SdxlCheckpoint.open(TinyModel.file(), Optional.of(folder), TINY))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load an autoencoder from %s: the pipeline has no folder vae (name another by model.vae)"
                .formatted(folder));
  }

  /** Every byte must be that of the single file, in parts of any size. */
  private void assertSameBytes() throws IOException {
    try (TensorStore seen = SdxlCheckpoint.tensors(folder);
        SafeTensors single = SafeTensors.open(TinyModel.file())) {
      assertThat(seen.tensors().keySet())
          .containsExactlyInAnyOrderElementsOf(single.tensors().keySet());
      for (TensorInfo info : single.tensors().values()) {
        assertThat(seen.info(info.name()).shape()).as(info.name()).isEqualTo(info.shape());
        ByteBuffer whole = ByteBuffer.allocate((int) info.size());
        int part = (int) (info.size() / 3 / 4 * 4 + 4);
        for (int at = 0; at < whole.capacity(); at += part) {
          whole.clear().position(at).limit(Math.min(at + part, whole.capacity()));
          seen.read(info.name(), at, whole.slice());
        }
        assertThat(whole.clear()).as(info.name()).isEqualTo(single.bytes(info.name()));
      }
    }
  }

  @Test
  void aFolderIsReadByteForByteAsASingleFile() throws IOException {
    assertSameBytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s.fp16.safetensors", "%s.non_ema.safetensors", "%s.bf16.safetensors"})
  void aVariantIsTakenWhereThereIsNoOther(String name) throws IOException {
    for (String network : NETWORKS) {
      Path file = only(network);
      String stem = file.getFileName().toString().replace(".safetensors", "");
      Files.move(file, file.resolveSibling(name.formatted(stem)));
    }
    assertSameBytes();
  }

  @Test
  void theFullVariantIsTakenBeforeOthers() throws IOException {
    for (String network : NETWORKS) {
      Path file = only(network);
      String stem = file.getFileName().toString().replace(".safetensors", "");
      for (String other : List.of(".fp16", ".non_ema", ".ema")) {
        Files.writeString(file.resolveSibling(stem + other + ".safetensors"), "nothing");
      }
    }
    assertSameBytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s-%05d-of-%05d.safetensors", "%s.fp16-%05d-of-%05d.safetensors"})
  void shardsAreJoinedInEachNetwork(String name) throws IOException {
    for (String network : NETWORKS) {
      shard(only(network), name);
    }
    assertSameBytes();
    Path missing = folder.resolve("unet").resolve(shardName("diffusion_pytorch_model", name, 2));
    Files.delete(missing);
    assertThatThrownBy(() -> SdxlCheckpoint.tensors(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot load %s: shard 2 of 3 is missing beside ".formatted(folder.resolve("unet")));
  }

  @Test
  void theAutoencoderMayBeAFolderOfItsOwnOrOfAPipeline() throws IOException {
    for (Path vae : List.of(folder, folder.resolve("vae"))) {
      try (SdxlCheckpoint checkpoint =
          SdxlCheckpoint.open(TinyModel.file(), Optional.of(vae), ModelOptions.DEFAULT)) {
        assertThat(checkpoint.layout().vaeSizes().isThere()).isTrue();
      }
    }
  }

  @Test
  void aPipelineWithoutAnAutoencoderOpens() throws IOException {
    Files.delete(only("vae"));
    Files.delete(folder.resolve("vae"));
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(folder, Optional.empty(), TINY)) {
      assertThat(checkpoint.layout().vaeSizes().isThere()).isFalse();
    }
  }

  @Test
  void anotherPipelineIsToldByItsIndex() throws IOException {
    Files.delete(only("text_encoder_2"));
    Files.delete(folder.resolve("text_encoder_2"));
    Files.writeString(
        folder.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionPipeline\"}");
    assertThatThrownBy(() -> SdxlCheckpoint.tensors(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load %s: not a checkpoint of SDXL: it has no folder text_encoder_2 (model_index.json says StableDiffusionPipeline)"
                .formatted(folder));
  }

  /** Three files of which each has every third tensor, so that fused ones are torn apart. */
  private static void shard(Path file, String name) throws IOException {
    String stem = file.getFileName().toString().replace(".safetensors", "");
    try (SafeTensors whole = SafeTensors.open(file)) {
      for (int shard = 1; shard <= 3; shard++) {
        List<TensorSource> tensors = new ArrayList<>();
        int i = 0;
        for (String tensor : whole.tensors().keySet()) {
          if (i++ % 3 == shard - 1) {
            tensors.add(whole.source(tensor));
          }
        }
        SafeTensorsWriter.write(
            file.resolveSibling(shardName(stem, name, shard)), Map.of(), tensors);
      }
    }
    Files.delete(file);
  }

  private static String shardName(String stem, String name, int shard) {
    return String.format(Locale.ROOT, name, stem, shard, 3);
  }
}
