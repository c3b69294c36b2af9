package io.kohaku.latent.vae;

import ai.djl.Device;
import io.kohaku.files.LocalCopy;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import io.kohaku.settings.SpeedSettings.Norms;
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
 * @param memoryFormat how its kernels and images lie in memory
 */
public record VaeSource(
    String checkpoint, String separate, int headWidth, MemoryFormat memoryFormat)
    implements EncoderSource {

  /** A VAE whose kernels lie as in its file. */
  public VaeSource(String checkpoint, String separate, int headWidth) {
    this(checkpoint, separate, headWidth, MemoryFormat.CONTIGUOUS);
  }

  /** The VAE that the settings name. */
  public static VaeSource of(ModelSettings model) {
    return new VaeSource(model.checkpoint(), model.vae().orElse(""), model.headWidth());
  }

  /** The same VAE, computing in another memory format. */
  public VaeSource with(MemoryFormat format) {
    return new VaeSource(checkpoint, separate, headWidth, format);
  }

  /** The file or folder that holds the VAE. */
  public Path path() {
    return Path.of(separate.isEmpty() ? checkpoint : separate);
  }

  @Override
  public VaeSource onThisMachine(Configuration hadoop) throws IOException {
    String vae = separate.isEmpty() ? separate : LocalCopy.of(separate, hadoop).toString();
    String model = LocalCopy.of(checkpoint, hadoop).toString();
    return new VaeSource(model, vae, headWidth, memoryFormat);
  }

  /** A number that stands for its weights, which lie on this machine: 64 hexadecimal digits. */
  public String digest() {
    return VaeDigest.of(this);
  }

  @Override
  public MomentsEncoder encoder(Device device, Precision precision) {
    return open(device, precision);
  }

  /**
   * What in the VAE, which lies on this machine, makes the latents of an image numbers that are
   * none even in fp32; empty if they are numbers.
   */
  public Optional<String> blame(Device device, PreparedImage image) {
    try (VaeEncoder exact = open(device, Precision.FP32)) {
      return exact.blame(image);
    }
  }

  private VaeEncoder open(Device device, Precision precision) {
    Autograd.enterThread();
    try (SdxlCheckpoint opened = opened()) {
      KernelOptions kernels = new KernelOptions(memoryFormat, Norms.FLOAT32);
      return new VaeEncoder(Vae.open(opened, device, ModelOptions.dtype(precision), kernels));
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
