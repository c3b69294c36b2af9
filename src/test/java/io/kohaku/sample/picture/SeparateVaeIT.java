package io.kohaku.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cluster.DeviceChoice;
import io.kohaku.demo.DemoData;
import io.kohaku.demo.DemoSummary;
import io.kohaku.device.DeviceWish;
import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.DemoSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures through an autoencoder that lies apart from the networks. */
class SeparateVaeIT {
  @TempDir private static Path folder;

  private static DemoSummary demo;

  @BeforeAll
  static void writeFiles() throws IOException {
    demo = DemoData.generate(folder.resolve("demo"), new DemoSettings(1, 50, 64));
  }

  @Test
  void aSeparateAutoencoderIsNamed() throws IOException {
    Path bare = folder.resolve("bare.safetensors");
    try (SafeTensors base = SafeTensors.open(demo.base())) {
      List<TensorSource> networks =
          base.tensors().keySet().stream()
              .filter(name -> !name.startsWith("first_stage_model."))
              .map(base::source)
              .toList();
      SafeTensorsWriter.write(bare, base.metadata(), networks);
    }
    assertThatThrownBy(() -> draw(model(bare, Optional.empty()), bare, "none"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("name a file that has by model.vae");
    Path drawn = draw(model(bare, Optional.of(demo.base().toString())), bare, "separate");
    String name = demo.base().getFileName().toString();
    String hash = ModelHashes.ofFile(demo.base()).sha256().substring(0, 10);
    assertThat(PngTexts.of(Files.readAllBytes(drawn.resolve("00000-7.png"))).get("parameters"))
        .contains(", Model: bare, VAE hash: %s, VAE: %s, Emphasis".formatted(hash, name));
  }

  private static ModelSettings model(Path checkpoint, Optional<String> vae) {
    return new ModelSettings(
        checkpoint.toString(),
        vae,
        demo.tokenizer().toString(),
        16,
        160,
        ModelSettings.PooledProjection.STANDARD,
        75);
  }

  private static Path draw(ModelSettings model, Path checkpoint, String name) throws IOException {
    Path pictures = folder.resolve(name);
    new PictureFolder(
            model,
            PictureFolderIT.settings(),
            "Kohaku test",
            DeviceChoice.ofDriver().device(DeviceWish.AUTO))
        .draw(checkpoint, List.of(), pictures, count -> {});
    return pictures;
  }
}
