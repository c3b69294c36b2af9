package io.kohaku.latent.exported;

import io.kohaku.digest.Sha256;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.sdxl.VaeExport;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;

/** Writes the folder of an exported VAE. */
public final class ModelWriter {
  /**
   * For DJL's own programs. With {@code mapLocation} weights are loaded onto the device; DJL would
   * leave those of a dict on the CPU otherwise.
   */
  private static final String SERVING =
      """
      engine=PyTorch
      option.mapLocation=true
      translatorFactory=%s
      """
          .formatted(VaeTranslatorFactory.class.getName());

  private ModelWriter() {}

  /** Makes the files of a new folder. */
  @FunctionalInterface
  public interface NewFiles {
    /** Begins the file called {@code name}; the writer closes it. */
    OutputStream create(String name) throws IOException;
  }

  /**
   * Writes the encoder of {@code vae}; one tensor at a time is in memory.
   *
   * @param recipe {@link VaeRecipe#of} this VAE
   * @return how many tensors it has
   */
  public static int write(VaeSource vae, VaeRecipe recipe, NewFiles files) throws IOException {
    int tensors;
    String sha256;
    try (SdxlCheckpoint checkpoint = vae.opened();
        DigestOutputStream model =
            new DigestOutputStream(files.create(ExportedVae.MODEL), Sha256.begin())) {
      tensors = VaeExport.write(checkpoint, ModelOptions.dtype(recipe.precision()), model);
      sha256 = Sha256.hex(model.getMessageDigest());
    }
    write(files, "serving.properties", SERVING.getBytes(StandardCharsets.US_ASCII));
    write(files, ExportedVae.DESCRIPTION, new ExportedVae(recipe, sha256).toJson());
    return tensors;
  }

  private static void write(NewFiles files, String name, byte[] content) throws IOException {
    try (OutputStream out = files.create(name)) {
      out.write(content);
    }
  }
}
