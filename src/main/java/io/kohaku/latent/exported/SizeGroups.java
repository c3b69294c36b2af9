package io.kohaku.latent.exported;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.image.Bucket;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.Moments;
import io.kohaku.latent.vae.PixelBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The images of one call by their sizes, and the way back to their order: the model takes one batch
 * for each size.
 */
final class SizeGroups {
  /** By this name DJL gives the model a list. */
  private static final String LIST = "xs[]";

  private final List<PreparedImage> images;
  private final Map<Bucket, List<Integer>> places = new LinkedHashMap<>();

  SizeGroups(List<PreparedImage> images) {
    this.images = List.copyOf(images);
    for (int i = 0; i < images.size(); i++) {
      places
          .computeIfAbsent(images.get(i).placement().bucket(), bucket -> new ArrayList<>())
          .add(i);
    }
  }

  /** One {@code [images, height, width, 3]} of bytes for each size, sizes as they come first. */
  NDList batches(NDManager manager) {
    NDList batches = new NDList();
    for (List<Integer> group : places.values()) {
      NDArray batch = PixelBatch.rgb(manager, group.stream().map(images::get).toList());
      batch.setName(LIST);
      batches.add(batch);
    }
    return batches;
  }

  /**
   * The images' distributions in the images' order.
   *
   * @param results {@code [images, 8, height / 8, width / 8]} for each of {@link #batches}
   * @throws IllegalStateException if there is not one for each image: none may be lost or swapped
   */
  List<Moments> moments(NDList results) {
    if (results.size() != places.size()) {
      throw new IllegalStateException(
          "Cannot match latents to images: the model gave %s batches for %s"
              .formatted(results.size(), places.size()));
    }
    Moments[] each = new Moments[images.size()];
    int batch = 0;
    for (Map.Entry<Bucket, List<Integer>> group : places.entrySet()) {
      NDArray result = results.get(batch);
      requireShape(result.getShape(), group.getKey(), group.getValue().size());
      List<Moments> moments =
          Moments.ofBatch(
              result.get(":, :" + LatentFormat.CHANNELS).toFloatArray(),
              result.get(":, " + LatentFormat.CHANNELS + ":").toFloatArray(),
              group.getValue().size());
      for (int i = 0; i < moments.size(); i++) {
        each[group.getValue().get(i)] = moments.get(i);
      }
      batch++;
    }
    return Arrays.asList(each);
  }

  private static void requireShape(Shape found, Bucket bucket, int images) {
    Shape expected =
        new Shape(
            images,
            2 * LatentFormat.CHANNELS,
            bucket.height() / LatentFormat.REDUCTION,
            bucket.width() / LatentFormat.REDUCTION);
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "Cannot match latents to images: the model gave %s for %s images of %s (must be %s)"
              .formatted(found, images, bucket.name(), expected));
    }
  }
}
