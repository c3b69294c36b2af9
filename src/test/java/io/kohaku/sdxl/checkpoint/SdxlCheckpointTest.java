package io.kohaku.sdxl.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.DiffusersTiny;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdxlCheckpointTest {
  private static final ModelOptions TINY =
      new ModelOptions(Dtype.F32, Timesteps.HALF_WIDTH, PooledProjection.STANDARD, 16);

  @TempDir private Path folder;

  @BeforeEach
  void enterThread() {
    Autograd.enterThread();
  }

  @Test
  void diffusersLayoutHoldsTheSameTensors() throws IOException {
    DiffusersTiny.write(folder);
    try (SdxlCheckpoint single =
            SdxlCheckpoint.open(TinyModel.file(), Optional.empty(), ModelOptions.DEFAULT);
        SdxlCheckpoint folders = SdxlCheckpoint.open(folder, Optional.empty(), TINY);
        NDManager manager = Natives.manager(Device.cpu())) {
      Map<String, long[]> expected = single.layout().expected();
      assertThat(expected).hasSize(893);
      for (String key : expected.keySet()) {
        assertThat(folders.reader(Dtype.F32).read(manager, key).toFloatArray())
            .as(key)
            .isEqualTo(single.reader(Dtype.F32).read(manager, key).toFloatArray());
        assertThat(folders.reader(Dtype.F32).read(manager, key).getShape().getShape())
            .isEqualTo(expected.get(key));
      }
    }
  }

  @Test
  void aFolderWithoutANetworkIsRefused() throws IOException {
    DiffusersTiny.write(folder);
    Path vae = folder.resolve("vae/diffusion_pytorch_model.safetensors");
    Files.delete(vae);
    assertThatThrownBy(() -> SdxlCheckpoint.open(folder, Optional.empty(), TINY))
        .hasMessage(
            "Missing checkpoint: %s (diffusion_pytorch_model.safetensors or model.safetensors)"
                .formatted(folder.resolve("vae")));
    Files.writeString(folder.resolve("vae/diffusion_pytorch_model.bin"), "PK");
    assertThatThrownBy(() -> SdxlCheckpoint.open(folder, Optional.empty(), TINY))
        .hasMessageContaining("diffusion_pytorch_model.bin: it is pickled");
  }

  @Test
  void aSeparateAutoencoderTakesThePlaceOfTheOwnOne() throws IOException {
    Path own = vaeFile("own.safetensors", name -> name);
    Path bare = vaeFile("bare.safetensors", name -> name.substring(Network.VAE.prefix().length()));
    DiffusersTiny.write(folder);
    Path renamed = folder.resolve("vae/diffusion_pytorch_model.safetensors");
    for (Path vae : List.of(own, bare, renamed, TinyModel.file())) {
      try (SdxlCheckpoint checkpoint =
              SdxlCheckpoint.open(TinyModel.file(), Optional.of(vae), ModelOptions.DEFAULT);
          NDManager manager = Natives.manager(Device.cpu())) {
        float[] expected =
            FormulaWeights.values(
                "first_stage_model.decoder.up.0.block.0.conv1.weight", 32, 32, 3, 3);
        if (vae.equals(own) || vae.equals(bare)) {
          negate(expected);
        }
        assertThat(
                checkpoint
                    .reader(Dtype.F32)
                    .read(manager, "first_stage_model.decoder.up.0.block.0.conv1.weight")
                    .toFloatArray())
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> SdxlCheckpoint.open(folder.resolve("none"), Optional.empty(), TINY))
        .hasMessage("Missing checkpoint: " + folder.resolve("none"));
  }

  @Test
  void theFilesOwnHeadWidthCounts() throws IOException {
    try (SdxlCheckpoint told =
        SdxlCheckpoint.open(TinyModel.file(), Optional.empty(), ModelOptions.DEFAULT)) {
      assertThat(told.layout().unetSizes().headWidth()).isEqualTo(16);
    }
    Path wrong = folder.resolve("wrong.safetensors");
    SafeTensorsWriter.write(
        wrong,
        Map.of(ModelOptions.HEAD_WIDTH_KEY, "wide"),
        List.of(TensorSource.of("x", Dtype.U8, new long[] {1}, new byte[1])));
    assertThatThrownBy(() -> SdxlCheckpoint.open(wrong, Optional.empty(), TINY))
        .hasMessage(
            "Invalid metadata head_width of %s: wide (must be a whole number)".formatted(wrong));
  }

  @Test
  void aProjectionMayBeTheWeightOfALinearLayer() throws IOException {
    String projection = Network.TE2.prefix() + "text_projection";
    Path file = folder.resolve("linear.safetensors");
    List<TensorSource> tensors = new ArrayList<>();
    try (SafeTensors tiny = SafeTensors.open(TinyModel.file());
        NDManager manager = Natives.manager(Device.cpu())) {
      for (String key : tiny.tensors().keySet()) {
        tensors.add(
            key.equals(projection)
                ? ArraySource.of(
                    key + ".weight", Dtype.F32, tiny.read(manager, key, Dtype.F32).transpose())
                : tiny.source(key));
      }
      SafeTensorsWriter.write(file, tiny.metadata(), tensors);
    }
    try (SdxlCheckpoint opened = SdxlCheckpoint.open(file, Optional.empty(), TINY);
        SdxlCheckpoint tiny = SdxlCheckpoint.open(TinyModel.file(), Optional.empty(), TINY);
        NDManager manager = Natives.manager(Device.cpu())) {
      assertThat(opened.aside()).isEmpty();
      assertThat(opened.reader(Dtype.F32).read(manager, projection).toFloatArray())
          .isEqualTo(tiny.reader(Dtype.F32).read(manager, projection).toFloatArray());
    }
  }

  @Test
  void weightsOfWholeNumbersAreRefused() throws IOException {
    String key = "model.diffusion_model.out.2.bias";
    Path file = folder.resolve("quantised.safetensors");
    List<TensorSource> tensors = new ArrayList<>();
    try (SafeTensors tiny = SafeTensors.open(TinyModel.file())) {
      for (String name : tiny.tensors().keySet()) {
        tensors.add(
            name.equals(key)
                ? TensorSource.of(name, Dtype.I8, new long[] {4}, new byte[4])
                : tiny.source(name));
      }
      SafeTensorsWriter.write(file, tiny.metadata(), tensors);
    }
    assertThatThrownBy(() -> SdxlCheckpoint.open(file, Optional.empty(), TINY))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot load %s: %s is stored as I8, quantised (take the file in fp16 or bf16)"
                .formatted(file, key));
  }

  /** The tiny autoencoder with every sign turned, so that it is told apart. */
  private Path vaeFile(String name, UnaryOperator<String> names) throws IOException {
    Path file = folder.resolve(name);
    List<TensorSource> tensors = new ArrayList<>();
    try (SafeTensors tiny = SafeTensors.open(TinyModel.file());
        NDManager manager = Natives.manager(Device.cpu())) {
      for (String key : tiny.tensors().keySet()) {
        if (key.startsWith(Network.VAE.prefix())) {
          tensors.add(
              ArraySource.of(
                  names.apply(key), Dtype.F32, tiny.read(manager, key, Dtype.F32).neg()));
        }
      }
      SafeTensorsWriter.write(file, Map.of(), tensors);
    }
    return file;
  }

  private static void negate(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
  }
}
