package io.kohaku.latent.exported;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.tensor.script.Autograd;
import java.util.List;

/**
 * Pixels of any sizes to the distributions of their latents.
 *
 * <p>Images are batched by size, whichever batchifier DJL is told: those of one size in one call
 * are one batch.
 */
final class PixelTranslator implements Translator<PreparedImage, Moments> {
  private static final String GROUPS = "groups";

  @Override
  public NDList batchProcessInput(TranslatorContext context, List<PreparedImage> images) {
    // Of the thread: no graph, and kernels as written from the first call on.
    Autograd.enterThread();
    SizeGroups groups = new SizeGroups(images);
    context.setAttachment(GROUPS, groups);
    return groups.batches(context.getNDManager());
  }

  @Override
  public List<Moments> batchProcessOutput(TranslatorContext context, NDList results) {
    return ((SizeGroups) context.getAttachment(GROUPS)).moments(results);
  }

  @Override
  public NDList processInput(TranslatorContext context, PreparedImage image) {
    return batchProcessInput(context, List.of(image));
  }

  @Override
  public Moments processOutput(TranslatorContext context, NDList results) {
    return batchProcessOutput(context, results).get(0);
  }
}
