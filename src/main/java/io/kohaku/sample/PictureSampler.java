package io.kohaku.sample;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.sdxl.tape.Finite;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.tensor.MemoryScope;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Draws pictures with loaded networks, adapters on them included.
 *
 * <p>The calling thread has entered {@link io.kohaku.tensor.script.Autograd#enterThread()}; graphs
 * that it records elsewhere are not touched.
 */
public final class PictureSampler {
  /** Neighbouring tiles share one part in so many of their side. */
  private static final int OVERLAP = 4;

  private final Sdxl sdxl;
  private final PromptEncoder encoder;
  private final LatentDecoder decoder;
  private final Preconditioning preconditioning;

  /**
   * A sampler over networks that stay the caller's.
   *
   * @param tile side in pixels above which the autoencoder works in tiles
   * @param preconditioning what the U-Net was trained to predict
   */
  public PictureSampler(
      Sdxl sdxl, Vae vae, PromptTokens tokens, int tile, Preconditioning preconditioning) {
    this.sdxl = sdxl;
    this.preconditioning = preconditioning;
    this.encoder = new PromptEncoder(sdxl, tokens);
    int side = tile / VaeSizes.REDUCTION;
    this.decoder = new LatentDecoder(vae, side, Math.max(1, side / OVERLAP));
  }

  /**
   * The picture, in 8-bit RGB.
   *
   * @throws WorthlessResultException if there are pixels that are no numbers
   */
  public BufferedImage draw(PictureRequest request) {
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDArray latents = latents(scope.manager(), request);
      NDArray picture = decoded(scope.manager(), latents);
      if (!Finite.all(picture)) {
        throw worthless(request);
      }
      return image(SampleKernels.call(scope.manager(), "pixels", picture));
    }
  }

  /** Draws once more, looking where numbers become none. */
  private WorthlessResultException worthless(PictureRequest request) {
    String where = "where, a second look does not tell";
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDArray latents = latents(scope.manager(), request, Tape::seeking);
      decoder.decode(scope.manager(), latents, Tape::seeking);
    } catch (WorthlessResultException e) {
      where = e.getMessage();
    }
    return new WorthlessResultException(
        "Cannot draw the picture of seed %s: its pixels are no numbers: %s"
            .formatted(request.seed(), where));
  }

  /** The picture of finished latents {@code [1, 3, height, width]}, about -1 to 1. */
  public NDArray decoded(NDManager scope, NDArray latents) {
    return decoder.decode(scope, latents);
  }

  /** The finished latents {@code [1, 4, height / 8, width / 8]}, scaled; of {@code scope}. */
  public NDArray latents(NDManager scope, PictureRequest request) {
    return latents(scope, request, Tape::inference);
  }

  private NDArray latents(
      NDManager scope, PictureRequest request, Function<NDManager, Tape> tapes) {
    SamplingOptions options = request.options();
    List<String> prompts =
        isGuided(options)
            ? List.of(request.negative(), request.prompt())
            : List.of(request.prompt());
    Tape tape = tapes.apply(scope);
    Sdxl.Conditioning conditioning =
        encoder.encode(
            tape,
            scope,
            prompts,
            new PromptEncoder.Wanted(
                options.emphasis(), options.join(), request.height(), request.width()));
    NDArray noise = noise(scope, request);
    List<SamplerStep> steps =
        options
            .sampler()
            .steps(options.schedule().levels(preconditioning.levels(), options.steps()));
    NDArray x = SampleKernels.call(scope, "first_latents", noise, steps.get(0).sigma());
    NDArray previous = x;
    for (int i = 0; i < steps.size(); i++) {
      NDArray denoised = denoised(scope, x, conditioning, steps.get(i), options, tapes);
      x =
          SampleKernels.call(
              scope,
              "sampler_step",
              x,
              denoised,
              previous,
              noise,
              i + 1,
              steps.get(i).coefficients());
      previous = denoised;
    }
    return x;
  }

  private static boolean isGuided(SamplingOptions options) {
    return options.guidance() != 1;
  }

  /** Unit noise for the first latents and for each step. */
  private static NDArray noise(NDManager scope, PictureRequest request) {
    long[] sizes = {
      request.options().steps() + 1,
      VaeSizes.LATENT_CHANNELS,
      request.height() / VaeSizes.REDUCTION,
      request.width() / VaeSizes.REDUCTION
    };
    return SampleKernels.call(scope, "unit_noise", sizes, request.seed(), scope.getDevice());
  }

  /** D: the latents without their noise, as the U-Net and the guidance see them. */
  private NDArray denoised(
      NDManager scope,
      NDArray x,
      Sdxl.Conditioning conditioning,
      SamplerStep step,
      SamplingOptions options,
      Function<NDManager, Tape> tapes) {
    int texts = isGuided(options) ? 2 : 1;
    try (MemoryScope own = MemoryScope.open(scope)) {
      NDManager inner = own.manager();
      Tape tape = tapes.apply(inner);
      NDArray input = SampleKernels.call(inner, "network_input", x, step.sigma(), texts);
      float[] times = new float[texts];
      Arrays.fill(times, (float) preconditioning.levels().timestepAt(step.sigma()));
      NDArray timesteps = inner.create(times, new Shape(texts));
      NDArray output =
          sdxl.predict(tape, tape.input(input), tape.input(timesteps), conditioning).array();
      NDArray denoised =
          SampleKernels.call(
              inner,
              "guided",
              x,
              output,
              preconditioning.skip(step.sigma()),
              preconditioning.output(step.sigma()),
              options.guidance());
      return own.keep(denoised, scope);
    }
  }

  private static BufferedImage image(NDArray pixelsHWC) {
    int height = Math.toIntExact(pixelsHWC.getShape().get(0));
    int width = Math.toIntExact(pixelsHWC.getShape().get(1));
    ByteBuffer bytes = pixelsHWC.toByteBuffer(true);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = bytes.get() & 0xff;
        int green = bytes.get() & 0xff;
        image.setRGB(x, y, red << 16 | green << 8 | bytes.get() & 0xff);
      }
    }
    return image;
  }
}
