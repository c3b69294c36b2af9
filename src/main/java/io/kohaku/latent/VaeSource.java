package io.kohaku.latent;

import ai.djl.Device;
import io.kohaku.sdxl.ModelOptions;
import io.kohaku.sdxl.SdxlCheckpoint;
import io.kohaku.sdxl.Vae;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the VAE lies, as it travels to the tasks.
 *
 * @param checkpoint the model's file or folder
 * @param separate a VAE in a file of its own, or empty
 * @param headWidth of the model's attention, which opening it needs
 */
public record VaeSource(String checkpoint, String separate, int headWidth) implements Serializable {

  /** The VAE that the settings name. */
  public static VaeSource of(ModelSettings model) {
    return new VaeSource(model.checkpoint(), model.vae().orElse(""), model.headWidth());
  }

  /** The file or folder that holds the VAE. */
  Path path() {
    return Path.of(separate.isEmpty() ? checkpoint : separate);
  }

  /** Loads it. */
  Vae open(Device device, Precision precision) {
    ModelOptions options =
        new ModelOptions(
            ModelOptions.dtype(precision),
            ModelOptions.DEFAULT.timesteps(),
            ModelOptions.DEFAULT.pooledProjection(),
            headWidth);
    Optional<Path> vae = separate.isEmpty() ? Optional.empty() : Optional.of(Path.of(separate));
    try (SdxlCheckpoint opened = SdxlCheckpoint.open(Path.of(checkpoint), vae, options)) {
      return Vae.open(opened, device, options.dtype());
    }
  }
}
