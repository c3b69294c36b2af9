package io.kohaku.latent.exported;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.latent.vae.MomentsEncoder;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Natives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** An exported VAE, run by DJL's predictor. */
final class ExportedEncoder implements MomentsEncoder {
  private final ZooModel<PreparedImage, Moments> model;
  private final Predictor<PreparedImage, Moments> predictor;

  private ExportedEncoder(ZooModel<PreparedImage, Moments> model) {
    this.model = model;
    try (Closer opening = new Closer()) {
      opening.add(model);
      this.predictor = model.newPredictor();
      opening.release();
    }
  }

  /** Loads the model of {@code folder} onto {@code device}. */
  static ExportedEncoder open(Path folder, Device device) {
    return new ExportedEncoder(
        load(folder.toUri().toString(), device, PreparedImage.class, Moments.class));
  }

  /** Loads the model at {@code url} for these types. */
  static <I, O> ZooModel<I, O> load(String url, Device device, Class<I> input, Class<O> output) {
    Natives.load();
    try {
      return Criteria.builder()
          .setTypes(input, output)
          .optEngine("PyTorch")
          .optDevice(device)
          .optModelUrls(url)
          .optOption("mapLocation", "true")
          .optTranslatorFactory(new VaeTranslatorFactory())
          .build()
          .loadModel();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load %s: %s".formatted(url, e.getMessage()), e);
    } catch (ModelNotFoundException | MalformedModelException e) {
      throw new IllegalStateException("Cannot load %s: %s".formatted(url, e.getMessage()), e);
    }
  }

  @Override
  public List<Moments> encode(List<PreparedImage> images) {
    try {
      return predictor.batchPredict(images);
    } catch (TranslateException e) {
      throw new IllegalStateException("Cannot encode: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    Closer.close(List.of(model, predictor));
  }
}
