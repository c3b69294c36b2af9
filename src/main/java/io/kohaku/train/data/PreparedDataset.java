package io.kohaku.train.data;

import io.kohaku.files.PathPattern;
import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.Vae;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.SampleKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The prepared images of one folder, read at random: captions from here, latents from their store.
 */
public final class PreparedDataset implements ImageDataset {
  private final LatentStore latents;
  private final Augmentation augmentation;
  private final CaptionTokens tokens;
  private final List<PreparedBucket> buckets = new ArrayList<>();

  /** Opens a folder that the preparation wrote; it may hold nothing. */
  public PreparedDataset(
      Configuration hadoop,
      Path folder,
      LatentStore latents,
      Augmentation augmentation,
      CaptionTokens tokens)
      throws IOException {
    this.latents = latents;
    this.augmentation = augmentation;
    this.tokens = tokens;
    FileSystem files = folder.getFileSystem(hadoop);
    try (Closer opening = new Closer()) {
      for (FileStatus rows : rows(files, folder)) {
        buckets.add(opening.add(PreparedBucket.open(files, rows)));
      }
      opening.release();
    }
  }

  /** The files of the rows, in bucket order. */
  private static Collection<FileStatus> rows(FileSystem files, Path folder) throws IOException {
    TreeMap<Bucket, FileStatus> found = new TreeMap<>();
    for (FileStatus file :
        PathPattern.below(files, folder, List.of("[0-9]*" + PreparedWriter.ROWS))) {
      found.put(PreparedBucket.bucket(file.getPath()), file);
    }
    return found.values();
  }

  /** How many images each bucket of a folder has, in bucket order; opens none of them. */
  public static Map<Bucket, Integer> sizes(Configuration hadoop, Path folder) throws IOException {
    Map<Bucket, Integer> sizes = new LinkedHashMap<>();
    for (FileStatus rows : rows(folder.getFileSystem(hadoop), folder)) {
      int images = Math.toIntExact(rows.getLen() / PreparedEntry.BYTES);
      sizes.put(PreparedBucket.bucket(rows.getPath()), images);
    }
    return sizes;
  }

  /** The bucket with the most images. */
  public Bucket fullestBucket() {
    return Collections.max(buckets, Comparator.comparingInt(PreparedBucket::size)).bucket();
  }

  @Override
  public List<Integer> sizes() {
    return buckets.stream().map(PreparedBucket::size).toList();
  }

  @Override
  public MicroBatch read(EpochOrder.Slot slot, Epoch epoch, long step) throws IOException {
    PreparedBucket bucket = buckets.get(slot.bucket());
    int images = slot.rows().length;
    int height = bucket.bucket().height() / LatentFormat.REDUCTION;
    int width = bucket.bucket().width() / LatentFormat.REDUCTION;
    long[] ids = new long[images];
    float[] values = new float[images * LatentFormat.CHANNELS * height * width];
    float[] sizes = new float[images * SizeConditioning.COUNT];
    List<String> texts = new ArrayList<>();
    List<SampleKey> keys = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      SampleKey key = new SampleKey(epoch.seed(), epoch.epoch(), slot.place() + i);
      PreparedRow row = bucket.read(slot.rows()[i]);
      ids[i] = row.id();
      copy(scaled(row, key.posteriorSeed()), values, i);
      copy(row.sizes().toArray(), sizes, i);
      texts.add(augmentation.text(row.fixed(), row.flexible(), key, step));
      keys.add(key);
    }
    return new MicroBatch(ids, height, width, values, sizes, texts, tokens.of(texts), keys);
  }

  private float[] scaled(PreparedRow row, long drawSeed) throws IOException {
    byte[] bytes = latents.bytes(row.id(), row.latent());
    float[] values = LatentBytes.values(bytes, row.format(), drawSeed);
    float scale = (float) Vae.SCALE;
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return values;
  }

  private static void copy(float[] values, float[] to, int image) {
    System.arraycopy(values, 0, to, image * values.length, values.length);
  }

  @Override
  public void close() {
    Closer.close(buckets);
  }
}
