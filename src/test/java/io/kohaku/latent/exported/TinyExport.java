package io.kohaku.latent.exported;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.latent.SmallImages;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tiny VAE as a folder that DJL loads. */
public final class TinyExport {
  private TinyExport() {}

  /** The tiny checkpoint, written below {@code folder}. */
  public static VaeSource vae(Path folder) throws IOException {
    Path checkpoint = folder.resolve("tiny.safetensors");
    if (!Files.exists(checkpoint)) {
      TinySdxl.load().write(checkpoint);
    }
    return new VaeSource(checkpoint.toString(), "", 32);
  }

  /** Buckets of about 128 pixels square. */
  static ImageSettings images() {
    return SmallImages.images("anywhere");
  }

  /** Exports {@code vae} below {@code folder}; the model's folder. */
  public static Path write(Path folder, VaeSource vae, ExportVaeSettings settings)
      throws IOException {
    VaeRecipe recipe = VaeRecipe.of(vae, settings, images());
    Path model = Files.createDirectories(folder.resolve(recipe.folder()));
    ModelWriter.write(vae, recipe, name -> Files.newOutputStream(model.resolve(name)));
    return model;
  }

  /** The tiny VAE in fp32, giving moments in fp16. */
  public static Path write(Path folder) throws IOException {
    return write(
        folder,
        vae(folder),
        new ExportVaeSettings(Precision.FP32, Posterior.MOMENTS, Storage.FP16));
  }
}
