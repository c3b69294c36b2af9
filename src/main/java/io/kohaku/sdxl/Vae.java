package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Segments;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.sdxl.tape.WeightSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;

/**
 * SDXL's autoencoder between pictures and latents.
 *
 * <pre>{@code
 * Autograd.enterThread();
 * try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, vaeFile, options);
 *     Vae vae = Vae.open(checkpoint, Device.gpu(0), Dtype.F32);
 *     MemoryScope scope = MemoryScope.open(vae.manager())) {
 *   Vae.Posterior moments = vae.encode(scope.manager(), pictures);
 * }
 * }</pre>
 *
 * <p>Weights of SDXL 1.0 overflow in float16: use F32 or BF16, or a VAE made for F16. Several
 * threads may encode at once.
 */
public final class Vae implements AutoCloseable {
  /** What latents are multiplied by before they are diffused. */
  public static final double SCALE = 0.13025;

  private final NDManager manager;
  private final Segments encoder;
  private final Segments decoder;
  private final Segment pictures;
  private final Segment mean;
  private final Segment logVariance;
  private final Segment image;
  private final int reduction;
  private final Closer opened;

  private Vae(WeightSource source, NDManager manager, Dtype dtype, KernelOptions options) {
    this.manager = manager;
    try (Closer opening = new Closer()) {
      opening.add(manager);
      SdxlLayout layout = source.layout();
      if (!layout.vaeSizes().isThere()) {
        throw new UnusableFileException(
            "Cannot load the autoencoder: the checkpoint has none (name a file that has by model.vae)");
      }
      TorchScript kernels = LayerKernels.load(manager, List.of(options.layers()), options);
      WeightReader reader = options.laid(source.reader(dtype), kernels);
      this.encoder =
          opening.add(new Segments(Network.VAE, layout.encoder(), kernels, manager, reader));
      this.decoder =
          opening.add(new Segments(Network.VAE, layout.decoder(), kernels, manager, reader));
      this.pictures = opening.add(Segment.bare(Kernel.VAE_PICTURES, kernels));
      this.mean = opening.add(Segment.bare(Kernel.VAE_MEAN, kernels));
      this.logVariance = opening.add(Segment.bare(Kernel.VAE_LOG_VARIANCE, kernels));
      this.image = opening.add(Segment.bare(Kernel.VAE_IMAGE, kernels));
      this.reduction = 1 << (layout.vaeSizes().channels().size() - 1);
      this.opened = opening.release();
    }
  }

  /** Loads the autoencoder onto {@code device}, its weights and products in {@code dtype}. */
  public static Vae open(WeightSource source, Device device, Dtype dtype) {
    return open(source, device, dtype, KernelOptions.PLAIN);
  }

  /** The same with kernels that compute as {@code options} say. */
  public static Vae open(WeightSource source, Device device, Dtype dtype, KernelOptions options) {
    return new Vae(source, Natives.manager(device), dtype, options);
  }

  /**
   * The distribution of the latents of a picture, before {@link #SCALE}.
   *
   * @param mean {@code [batch, 4, height / 8, width / 8]}, float32
   * @param logVariance natural logarithm of the variance, of the same shape
   */
  public record Posterior(NDArray mean, NDArray logVariance) {}

  /** The manager of the weights: the parent for the caller's scopes on this device. */
  public NDManager manager() {
    return manager;
  }

  /**
   * Pixels as {@link #encode} takes them: (x / 255 - 0.5) / 0.5, computed in float32.
   *
   * @param scope owner of the result
   * @param rgb {@code [batch, height, width, 3]}, bytes, red first, on this device
   * @return {@code [batch, 3, height, width]}
   */
  public NDArray pictures(NDManager scope, NDArray rgb) {
    Tape tape = Tape.inference(scope);
    return tape.call(pictures, tape.input(rgb)).array();
  }

  /**
   * The latents' distribution of {@code pictures}.
   *
   * @param scope owner of the result
   * @param pictures {@code [batch, 3, height, width]}, float32 from -1 to 1, on this device
   */
  public Posterior encode(NDManager scope, NDArray pictures) {
    return encode(Tape.inference(scope), pictures);
  }

  /** The same on a tape, whose scope owns the result. */
  public Posterior encode(Tape tape, NDArray pictures) {
    Shape shape = pictures.getShape();
    if (shape.dimension() != 4
        || shape.get(1) != 3
        || shape.get(2) % reduction != 0
        || shape.get(3) % reduction != 0) {
      throw new IllegalArgumentException(
          "Invalid pictures: %s ([batch, 3, height, width], height and width multiples of %s)"
              .formatted(shape, reduction));
    }
    Value moments = run(tape, encoder, tape.input(pictures));
    NDArray meanBCHW = tape.call(mean, moments).array();
    NDArray logVarianceBCHW = tape.call(logVariance, moments).array();
    tape.drop(moments);
    return new Posterior(meanBCHW, logVarianceBCHW);
  }

  /**
   * The pictures of {@code latents}.
   *
   * @param scope owner of the result
   * @param latents {@code [batch, 4, height / 8, width / 8]}, not scaled, on this device
   * @return {@code [batch, 3, height, width]}, float32, about -1 to 1
   */
  public NDArray decode(NDManager scope, NDArray latents) {
    return decode(Tape.inference(scope), latents);
  }

  /** The same on a tape, whose scope owns the result. */
  public NDArray decode(Tape tape, NDArray latents) {
    Value picture = run(tape, decoder, tape.input(latents));
    Value result = tape.call(image, picture);
    tape.drop(picture);
    return result.array();
  }

  private static Value run(Tape tape, Segments half, Value input) {
    Value current = input;
    for (Segment segment : half.all()) {
      Value next = tape.call(segment, current);
      if (current != input) {
        tape.drop(current);
      }
      current = next;
    }
    return current;
  }

  @Override
  public void close() {
    opened.close();
  }
}
