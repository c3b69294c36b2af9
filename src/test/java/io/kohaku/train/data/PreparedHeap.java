package io.kohaku.train.data;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.train.plan.EpochOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Measures for {@code bench/prepared.sh} what a rank holds of its prepared images. */
final class PreparedHeap {
  private static final int BUCKETS = 97;
  private static final int CHUNK = 2048;
  private static final int STORED = 32;
  private static final int READS = 5000;
  private static final LatentFormat FORMAT = new LatentFormat(Posterior.SAMPLE, Storage.FP16);

  private PreparedHeap() {}

  /** A row as an object, for comparison: its place in memory instead of in a file. */
  private record Held(
      long id, int width, int height, int left, int top, LatentPlace place, LatentFormat format) {}

  /** Takes an empty folder and the number of rows. */
  public static void main(String[] arguments) throws IOException {
    int rows = Integer.parseInt(arguments[1]) / BUCKETS;
    PreparedImages images = new PreparedImages(Path.of(arguments[0]));
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      write(images, new Bucket(64 + 8 * bucket, 64), rows);
    }
    try (PreparedDataset warm = images.open()) {
      read(warm, rows, 10);
    }
    long before = used();
    try (PreparedDataset set = images.open()) {
      long opened = used();
      long begin = System.nanoTime();
      read(set, rows, READS);
      double each = (System.nanoTime() - begin) / 1e3 / READS;
      long read = used();
      EpochOrder order = new EpochOrder(set.sizes(), 4, 1, 0);
      long ordered = used();
      System.out.printf("%,d rows in %d buckets%n", rows * BUCKETS, BUCKETS);
      System.out.printf(
          "training set: %.2f MB open, %.2f MB after %d rows were read%n",
          megabytes(opened - before), megabytes(read - before), READS);
      System.out.printf("a row: %.0f microseconds with its latent and tokens%n", each);
      System.out.printf(
          "order of an epoch: %.1f MB, %,d micro-batches%n",
          megabytes(ordered - read), order.slots());
      List<Held> held = held(rows * BUCKETS);
      double list = megabytes(used() - ordered);
      System.out.printf(
          "%,d rows as objects: %.0f MB, %.0f times as much%n",
          held.size(), list, list / megabytes(read - before));
    }
  }

  /** Rows in the order of their bucket; of each chunk's file the first alone is there. */
  private static void write(PreparedImages images, Bucket bucket, int rows) throws IOException {
    List<StoredLatent> latents = images.store(bucket, FORMAT, 1, STORED);
    int files = (rows + CHUNK - 1) / CHUNK;
    PreparedWriter writer = images.writer(bucket);
    for (int row = 0; row < rows; row++) {
      StoredLatent latent = latents.get(row / files % STORED);
      LatentPlace place = latent.place();
      writer.write(
          PreparedImages.row(
              latent, row % files == 0 ? place : in(place, row % files), latent.origin().id()));
    }
    writer.finish();
  }

  private static LatentPlace in(LatentPlace place, int file) {
    String name = place.file().replace("chunk", "%032x".formatted(file));
    return new LatentPlace(name, place.position(), place.size(), place.checksum());
  }

  private static void read(PreparedDataset set, int rows, int count) throws IOException {
    Random random = new Random(1);
    int files = (rows + CHUNK - 1) / CHUNK;
    for (int i = 0; i < count; i++) {
      int row = random.nextInt(rows) / files * files;
      set.read(
          new EpochOrder.Slot(random.nextInt(BUCKETS), new int[] {row}, i),
          new ImageDataset.Epoch(1, 0),
          0);
    }
  }

  private static List<Held> held(int count) {
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(
          new Held(
              i,
              i,
              i,
              i,
              i,
              new LatentPlace("file", i, i, i),
              new LatentFormat(Posterior.SAMPLE, Storage.FP16)));
    }
    return held;
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static double megabytes(long bytes) {
    return bytes / 1e6;
  }
}
