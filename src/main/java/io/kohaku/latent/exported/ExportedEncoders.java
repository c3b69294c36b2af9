package io.kohaku.latent.exported;

import ai.djl.Device;
import io.kohaku.files.LocalCopy;
import io.kohaku.latent.vae.EncoderSource;
import io.kohaku.latent.vae.MomentsEncoder;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * An exported VAE as the encode stage's encoder. Images that are not finite in its precision are
 * encoded again by the checkpoint's VAE in fp32, as without it.
 *
 * @param folder of the model, of any Hadoop file system
 * @param precision what the model computes in
 * @param vae the VAE that it was exported from
 */
public record ExportedEncoders(String folder, Precision precision, VaeSource vae)
    implements EncoderSource {

  /**
   * The model in {@code folder}, if it gives the very latents that {@code vae} gives in its
   * precision; both lie on this machine.
   *
   * @param wanted what the model must compute in; empty: whatever it was exported in
   * @throws IOException if it is damaged
   * @throws IllegalArgumentException if it gives others
   */
  public static ExportedEncoders of(Path folder, Optional<Precision> wanted, VaeSource vae)
      throws IOException {
    VaeRecipe recipe = ExportedVae.verified(folder).recipe();
    Precision precision = recipe.precision();
    if (wanted.isPresent() && wanted.get() != precision) {
      throw new IllegalArgumentException(
          "Cannot encode with %s: its precision is %s, wanted is %s (set latents.precision = auto, or export-vae.precision and run the job export-vae again)"
              .formatted(folder, precision, wanted.get()));
    }
    require(folder, "VAE", vae.digest(), recipe.vae());
    require(folder, "kernels", VaeRecipe.currentKernels(), recipe.kernels());
    return new ExportedEncoders(folder.toString(), precision, vae);
  }

  private static void require(Path folder, String what, String wanted, String found) {
    if (!wanted.equals(found)) {
      throw new IllegalArgumentException(
          "Cannot encode with %s: its %s is %s, wanted is %s (run the job export-vae again)"
              .formatted(folder, what, found, wanted));
    }
  }

  @Override
  public ExportedEncoders onThisMachine(Configuration hadoop) throws IOException {
    return new ExportedEncoders(
        LocalCopy.of(folder, hadoop).toString(), precision, vae.onThisMachine(hadoop));
  }

  @Override
  public MomentsEncoder encoder(Device device, Precision wanted) {
    return wanted == precision
        ? ExportedEncoder.open(Path.of(folder), device)
        : vae.encoder(device, wanted);
  }
}
