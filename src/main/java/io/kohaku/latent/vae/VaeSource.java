package io.kohaku.latent.vae;

import ai.djl.Device;
import io.kohaku.files.LocalCopy;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Where the VAE lies, as it travels to the tasks.
 *
 * @param checkpoint the model's file or folder
 * @param separate a VAE in a file of its own, or empty
 * @param headWidth of the model's attention, which opening it needs
 */
public record VaeSource(String checkpoint, String separate, int headWidth)
    implements EncoderSource {

  /** The VAE that the settings name. */
  public static VaeSource of(ModelSettings model) {
    return new VaeSource(model.checkpoint(), model.vae().orElse(""), model.headWidth());
  }

  /** The file or folder that holds the VAE. */
  Path path() {
    return Path.of(separate.isEmpty() ? checkpoint : separate);
  }

  @Override
  public VaeSource onThisMachine(Configuration hadoop) throws IOException {
    String vae = separate.isEmpty() ? separate : LocalCopy.of(separate, hadoop).toString();
    return new VaeSource(LocalCopy.of(checkpoint, hadoop).toString(), vae, headWidth);
  }

  /** A number that stands for its weights, which lie on this machine: 64 hexadecimal digits. */
  public String digest() {
    return VaeDigest.of(this);
  }

  @Override
  public MomentsEncoder encoder(Device device, Precision precision) {
    Autograd.enterThread();
    try (SdxlCheckpoint opened = opened()) {
      return new VaeEncoder(Vae.open(opened, device, ModelOptions.dtype(precision)));
    }
  }

  /** Opens the checkpoint that it is in; the caller closes it. */
  public SdxlCheckpoint opened() {
    ModelOptions options =
        new ModelOptions(
            ModelOptions.DEFAULT.dtype(),
            ModelOptions.DEFAULT.timesteps(),
            ModelOptions.DEFAULT.pooledProjection(),
            headWidth);
    Optional<Path> vae = separate.isEmpty() ? Optional.empty() : Optional.of(Path.of(separate));
    return SdxlCheckpoint.open(Path.of(checkpoint), vae, options);
  }
}
