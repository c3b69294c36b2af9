package io.kohaku.latent.exported;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.Moments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Image files' bytes to {@link EncodedImage}'s bytes: one for each, in their order, also for those
 * that cannot be used.
 *
 * <p>Images are decoded, resized and cropped as the job {@code encode} does it with the settings
 * that the model was exported under.
 */
final class ImageTranslator implements Translator<byte[], byte[]> {
  private static final String OPENED = "opened";

  private final VaeRecipe recipe;
  private final ImagePreparer preparer;
  private final PixelTranslator pixels = new PixelTranslator();

  ImageTranslator(VaeRecipe recipe) {
    this.recipe = recipe;
    this.preparer = new ImagePreparer(recipe.images());
  }

  /** An image that was opened, or what is said of one that was not. */
  private record Opened(PreparedImage pixels, EncodedImage.Rejected rejected) {}

  @Override
  public NDList batchProcessInput(TranslatorContext context, List<byte[]> files) {
    List<Opened> opened = files.stream().map(this::open).toList();
    context.setAttachment(OPENED, opened);
    return pixels.batchProcessInput(
        context,
        opened.stream().filter(image -> image.pixels() != null).map(Opened::pixels).toList());
  }

  @Override
  public List<byte[]> batchProcessOutput(TranslatorContext context, NDList results) {
    Iterator<Moments> moments = pixels.batchProcessOutput(context, results).iterator();
    List<byte[]> encoded = new ArrayList<>();
    for (Object each : (List<?>) context.getAttachment(OPENED)) {
      Opened image = (Opened) each;
      EncodedImage outcome =
          image.pixels() == null ? image.rejected() : encoded(image.pixels(), moments.next());
      encoded.add(outcome.toBytes());
    }
    return encoded;
  }

  private Opened open(byte[] file) {
    if (file == null) {
      return rejected(RejectReason.NO_IMAGE, "the row has no bytes");
    }
    try {
      return new Opened(preparer.prepare(file), null);
    } catch (ImageRejected e) {
      return rejected(e.reason(), e.getMessage());
    }
  }

  private static Opened rejected(RejectReason reason, String detail) {
    return new Opened(null, new EncodedImage.Rejected(reason.text(), detail));
  }

  private EncodedImage encoded(PreparedImage image, Moments moments) {
    LatentFormat format = recipe.latents();
    float[] latent = moments.stored(format.posterior(), 0); // No seed: nothing is drawn.
    if (!format.holds(latent)) {
      return new EncodedImage.Rejected(
          RejectReason.LATENT_NOT_FINITE.text(),
          "the VAE in %s gives values that are not finite in %s (export it in FP32)"
              .formatted(recipe.precision(), format.storage()));
    }
    return new EncodedImage.Latent(
        image.placement(), format, LatentBytes.of(latent, format.storage()));
  }

  @Override
  public NDList processInput(TranslatorContext context, byte[] file) {
    return batchProcessInput(context, Collections.singletonList(file));
  }

  @Override
  public byte[] processOutput(TranslatorContext context, NDList results) {
    return batchProcessOutput(context, results).get(0);
  }
}
