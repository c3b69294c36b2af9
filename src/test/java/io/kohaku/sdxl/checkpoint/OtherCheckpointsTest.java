package io.kohaku.sdxl.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.DiffusersTiny;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are given for checkpoints and are none, or not whole. */
class OtherCheckpointsTest {
  private static final ModelOptions TINY =
      new ModelOptions(Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.STANDARD, 16);
  @TempDir private Path folder;

  @Test
  void pickledFilesAreRefusedByContentAndElseByName() throws IOException {
    String reason =
        "Cannot load %s: it is pickled, and unpickling runs whatever code the file holds"
            + " (convert it to safetensors with a tool you trust, or download the safetensors file)";
    Path named = Files.write(folder.resolve("model.ckpt"), new byte[] {'P', 'K', 3, 4});
    assertThatThrownBy(() -> SdxlCheckpoint.open(named, Optional.empty(), TINY))
        .hasMessage(reason.formatted(named));
    byte[] member = new byte[30 + 16];
    System.arraycopy(new byte[] {'P', 'K', 3, 4}, 0, member, 0, 4);
    member[26] = 16;
    System.arraycopy("archive/data.pkl".getBytes(StandardCharsets.UTF_8), 0, member, 30, 16);
    Path zipped = Files.write(folder.resolve("zipped.safetensors"), member);
    assertThatThrownBy(() -> SdxlCheckpoint.open(zipped, Optional.empty(), TINY))
        .hasMessage(reason.formatted(zipped));
    assertThatThrownBy(() -> PredictionMarks.of(zipped)).hasMessage(reason.formatted(zipped));
    Path bare = folder.resolve("bare.safetensors");
    Files.write(bare, new byte[] {(byte) 0x80, 2, '}', 'q', 0, '(', 'X', 5, 0});
    assertThatThrownBy(() -> SdxlCheckpoint.open(TinyModel.file(), Optional.of(bare), TINY))
        .hasMessage(reason.formatted(bare));
  }

  @Test
  void safetensorsUnderAPicklesNameIsRead() throws IOException {
    Path named = Files.copy(TinyModel.file(), folder.resolve("model.ckpt"));
    SdxlCheckpoint.open(named, Optional.of(named), TINY).close();
    Path page = Files.writeString(folder.resolve("page.ckpt"), "<!doctype html>");
    assertThatThrownBy(() -> SdxlCheckpoint.open(page, Optional.empty(), TINY))
        .hasMessageContaining("a web page");
  }

  @Test
  void anAutoencodersFileWithoutOneIsNamed() throws IOException {
    assertVaeRefused("lora_unet_x.lora_down.weight", "not a checkpoint of SDXL: it is an adapter");
    assertVaeRefused("cond_stage_model.model.x", "not a checkpoint of SDXL: it is Stable Diffus");
    assertVaeRefused("body.0.weight", "it holds no autoencoder (no tensor encoder.* or decoder.*");
  }

  private void assertVaeRefused(String tensor, String reason) throws IOException {
    Path vae = folder.resolve("vae.safetensors");
    Files.deleteIfExists(vae);
    SafeTensorsWriter.write(
        vae, Map.of(), List.of(TensorSource.of(tensor, Dtype.U8, new long[] {1}, new byte[1])));
    assertThatThrownBy(() -> SdxlCheckpoint.open(TinyModel.file(), Optional.of(vae), TINY))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot load %s: %s".formatted(vae, reason));
  }

  @Test
  void aFolderIsHeldAgainstItsOwnCountOfLayers() throws IOException {
    DiffusersTiny.write(folder);
    Path config = folder.resolve("text_encoder/config.json");
    Files.writeString(config, "{\"num_hidden_layers\": 3}");
    SdxlCheckpoint.open(folder, Optional.empty(), TINY).close();
    Files.writeString(config, "{\"num_hidden_layers\": 4}");
    assertThatThrownBy(() -> SdxlCheckpoint.open(folder, Optional.empty(), TINY))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load %s: it has 3 layers, its config.json says 4 (fetch it again)"
                .formatted(folder.resolve("text_encoder")));
  }

  @Test
  void aFolderOfFilesIsToldToNameOne() throws IOException {
    Files.copy(TinyModel.file(), folder.resolve("tiny.safetensors"));
    assertThatThrownBy(() -> SdxlCheckpoint.open(folder, Optional.empty(), TINY))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load %s: it has no folder unet (it holds tiny.safetensors: name that file)"
                .formatted(folder));
  }
}
