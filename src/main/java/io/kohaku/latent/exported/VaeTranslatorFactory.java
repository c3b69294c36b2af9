package io.kohaku.latent.exported;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.ownership.Closer;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Gives DJL the translators of an exported VAE, after comparing the model with what was written.
 *
 * <p>From {@code byte[]} to {@code byte[]}: an image file's bytes to {@link EncodedImage}'s. From
 * {@link PreparedImage} to {@link Moments}: pixels to distributions. From {@link NDList} to {@link
 * NDList}: tensors as they are, see {@link io.kohaku.sdxl.VaeExport}.
 *
 * <p>In a Spark task the model is closed when the task ends, whoever loaded it. Nothing is kept in
 * the factory, so it travels to executors.
 */
public final class VaeTranslatorFactory implements TranslatorFactory, Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return Set.of(
        new Pair<>(byte[].class, byte[].class),
        new Pair<>(PreparedImage.class, Moments.class),
        new Pair<>(NDList.class, NDList.class));
  }

  /**
   * A translator for {@code model}.
   *
   * @throws UncheckedIOException if the model's folder is not what export-vae wrote
   */
  @Override
  @SuppressWarnings("unchecked")
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments) {
    closeWithTask(model);
    try (Closer opening = new Closer()) {
      opening.add(model);
      VaeRecipe recipe = ExportedVae.verified(model.getModelPath()).recipe();
      Translator<?, ?> translator = translator(input, recipe);
      opening.release();
      return (Translator<I, O>) translator;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Native memory goes with the task that asked for it: the collector would come too late. */
  private static void closeWithTask(Model model) {
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) ended -> model.close());
    }
  }

  private static Translator<?, ?> translator(Class<?> input, VaeRecipe recipe) {
    if (input == byte[].class) {
      return new ImageTranslator(recipe);
    }
    return input == PreparedImage.class ? new PixelTranslator() : new NoopTranslator();
  }
}
