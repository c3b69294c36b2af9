package io.kohaku.latent.exported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.DeferredTranslatorFactory;
import io.kohaku.Golden;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.Precision;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** What lies in the folder of an exported VAE, and who is told when it is not what it was. */
class ExportedVaeTest {
  private static Path exported;

  @TempDir private static Path folder;
  @TempDir private Path copy;
  private Path model;

  @BeforeAll
  static void export() throws IOException {
    exported = TinyExport.write(folder);
  }

  @BeforeEach
  void copyModel() throws IOException {
    model = Files.createDirectories(copy.resolve("a model"));
    try (Stream<Path> files = Files.list(exported)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void plainCriteriaGiveTheReferencesMeans() throws Exception {
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelUrls(model.toUri().toString())
            .optTranslatorFactory(new DeferredTranslatorFactory())
            .build();
    try (SafeTensors golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"));
        NDManager manager = Natives.manager(Device.cpu());
        ZooModel<NDList, NDList> loaded = criteria.loadModel();
        Predictor<NDList, NDList> predictor = loaded.newPredictor()) {
      NDArray pictures = golden.read(manager, "vae_image", Dtype.F32);
      pictures.setName("xs[]");
      float[] mean = predictor.predict(new NDList(pictures)).get(0).get(":, :4").toFloatArray();
      float[] expected = golden.read(manager, "vae_mean", Dtype.F32).toFloatArray();
      float largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(mean).hasSameSizeAs(expected).contains(expected, within(1e-4f * largest));
    }
  }

  @Test
  void aFlippedBitOfAWeightIsRefused() throws IOException {
    Path file = model.resolve(ExportedVae.MODEL);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> ExportedEncoder.open(model, Device.cpu()))
        .hasMessageMatching(
            "Cannot use .*a model/model.pt: its SHA-256 is [0-9a-f]{64}, vae-encoder.json names"
                + " [0-9a-f]{64} \\(it is damaged or not the one exported; run the job export-vae"
                + " again\\)");
  }

  @Test
  void aHalfWrittenFolderIsRefused() throws IOException {
    Files.delete(model.resolve(ExportedVae.DESCRIPTION));
    assertThatThrownBy(() -> ExportedVae.verified(model))
        .hasMessageStartingWith("Missing description of a VAE: " + model)
        .hasMessageEndingWith("(not a folder that export-vae has finished)");
  }

  @Test
  void aFolderOfAnotherVersionIsRefused() throws IOException {
    Path description = model.resolve(ExportedVae.DESCRIPTION);
    String text = Files.readString(description);
    Files.writeString(description, text.replace("\"format\" : 2", "\"format\" : 1"));
    assertThatThrownBy(() -> ExportedVae.verified(model))
        .hasMessage(
            "Invalid format of %s: 1 (this version reads 2; run the job export-vae again)"
                .formatted(description));
    Files.writeString(description, text.replace("\"posterior\"", "\"prior\""));
    assertThatThrownBy(() -> ExportedVae.verified(model))
        .hasMessageStartingWith("Cannot read " + description)
        .hasMessageContaining("posterior");
    Files.writeString(description, text);
    Files.delete(model.resolve(ExportedVae.MODEL));
    assertThatThrownBy(() -> ExportedVae.verified(model)).hasMessageStartingWith("Missing model: ");
  }

  @Test
  void theSameExportHasTheSameBytesAndAnotherAnotherName() throws IOException {
    Path again = TinyExport.write(Files.createDirectories(copy.resolve("again")));
    assertThat(again.getFileName()).isEqualTo(exported.getFileName());
    for (String file : new String[] {ExportedVae.MODEL, ExportedVae.DESCRIPTION}) {
      assertThat(Files.readAllBytes(again.resolve(file)))
          .isEqualTo(Files.readAllBytes(exported.resolve(file)));
    }
    ExportVaeSettings means = new ExportVaeSettings(Precision.FP32, Posterior.MEAN, Storage.FP16);
    assertThat(VaeRecipe.of(TinyExport.vae(folder), means, TinyExport.images()).folder())
        .isNotEqualTo(exported.getFileName().toString());
  }

  @Test
  void theKeyOfARecipeIsThisText() {
    VaeRecipe recipe =
        new VaeRecipe(
            "cafe",
            "f00d",
            Precision.BF16,
            Posterior.MEAN,
            Storage.FP16,
            SettingsSource.read(List.of(), List.of()).settings().images());
    assertThat(recipe.key())
        .isEqualTo(
            "kernels=cafe vae=f00d precision=BF16 posterior=MEAN storage=FP16 alpha=COMPOSITE"
                + " background=ffffff orientation=APPLY resize=AREA shrink-on-load=false"
                + " buckets.width=1024 buckets.height=1024 buckets.min-side=256"
                + " buckets.max-side=4096 buckets.step=64 buckets.upscale=true"
                + " max-bytes=134217728 max-pixels=100000000 max-side=32767 max-frames=1");
    assertThat(recipe.folder()).isEqualTo("vae-encoder-b8901572b664212e");
  }

  @Test
  void aModelIsClosedWithTheTaskThatLoadedIt() {
    String url = model.toUri().toString();
    TaskContextImpl task = TaskContext$.MODULE$.empty();
    TaskContext$.MODULE$.setTaskContext(task);
    try (ZooModel<byte[], byte[]> loaded =
        ExportedEncoder.load(url, Device.cpu(), byte[].class, byte[].class)) {
      assertThat(loaded.getNDManager().isOpen()).isTrue();
      task.markTaskCompleted(Option.empty());
      assertThat(loaded.getNDManager().isOpen()).isFalse();
    } finally {
      TaskContext$.MODULE$.unset();
    }
  }

  @Test
  void encodersOfOtherLatentsAreRefused() throws IOException {
    VaeSource vae = TinyExport.vae(folder);
    assertThat(ExportedEncoders.of(exported, Optional.of(Precision.FP32), vae).folder())
        .isEqualTo(exported.toString());
    assertThat(ExportedEncoders.of(exported, Optional.empty(), vae).precision())
        .as("where none is asked for, its own")
        .isEqualTo(Precision.FP32);
    assertThatThrownBy(() -> ExportedEncoders.of(exported, Optional.of(Precision.BF16), vae))
        .hasMessage(
            "Cannot encode with %s: its precision is FP32, wanted is BF16 (set latents.precision = auto, or export-vae.precision and run the job export-vae again)"
                .formatted(exported));
  }
}
