package io.kohaku.gpu;

import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.train.data.MadeUpImages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An update that is measured.
 *
 * @param name what tables call it
 * @param batch images of a micro-batch
 * @param width of the pictures at the real size, in pixels
 * @param height of the pictures
 * @param microBatches of an update
 * @param updates how many are timed, after one that is not
 * @param settings {@code key=value} besides
 */
record UpdateCase(
    String name,
    int batch,
    int width,
    int height,
    int microBatches,
    int updates,
    List<String> settings) {
  /** Pixels of a side to one of a latent's. */
  private static final int LATENT = 8;

  /** All settings that differ from the defaults. */
  List<String> words() {
    List<String> words =
        new ArrayList<>(
            List.of(
                "train.micro-batch=" + batch,
                "train.micro-batches-per-update=" + microBatches,
                "train.optimizer.algorithm=lion8bit",
                "lokr.preset=delta.toml"));
    words.addAll(settings);
    return words;
  }

  /** Pictures of noise, of one update and two micro-batches at least. */
  MadeUpImages images(KitOptions options) {
    return MadeUpImages.noise(
        batch * Math.max(2, microBatches),
        options.pixels(height) / LATENT,
        options.pixels(width) / LATENT,
        options.size().rows,
        options.size().vocabulary);
  }

  /** What goes through the layers for one picture. */
  LayerTokens tokens(KitOptions options) {
    return new LayerTokens(
        1, options.pixels(height) / LATENT, options.pixels(width) / LATENT, options.size().rows);
  }

  Map<String, Object> figures(KitOptions options) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("batch", batch);
    figures.put("width", options.pixels(width));
    figures.put("height", options.pixels(height));
    figures.put("micro_batches", microBatches);
    figures.put("settings", String.join(" ", settings));
    return figures;
  }
}
