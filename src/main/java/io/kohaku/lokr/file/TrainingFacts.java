package io.kohaku.lokr.file;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What only the training run itself knows of its course, kept as texts beside the parameters.
 *
 * @param images how many images an epoch has
 * @param batchesPerEpoch micro-batches of an epoch, over all ranks
 * @param plannedUpdates updates that the run was to have
 * @param epoch the epoch that it ended in
 * @param updates updates that it had
 */
public record TrainingFacts(
    long images, long batchesPerEpoch, long plannedUpdates, long epoch, long updates) {

  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("images", Long.toString(images));
    texts.put("batches_per_epoch", Long.toString(batchesPerEpoch));
    texts.put("planned_updates", Long.toString(plannedUpdates));
    texts.put("epoch", Long.toString(epoch));
    texts.put("updates", Long.toString(updates));
    return texts;
  }

  /**
   * The facts in a trained file.
   *
   * @throws IllegalArgumentException if they are missing: an older version or another program wrote
   *     the file
   */
  public static TrainingFacts of(LokrFile trained) {
    return new TrainingFacts(
        number(trained, "images"),
        number(trained, "batches_per_epoch"),
        number(trained, "planned_updates"),
        number(trained, "epoch"),
        number(trained, "updates"));
  }

  private static long number(LokrFile trained, String key) {
    String text = trained.metadata().get(key);
    if (text == null) {
      throw new IllegalArgumentException(
          "Missing text: %s in %s (an older version or another program wrote it; redo train)"
              .formatted(key, trained.file()));
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid text: %s = %s in %s (must be a whole number; redo train)"
              .formatted(key, text, trained.file()),
          e);
    }
  }
}
