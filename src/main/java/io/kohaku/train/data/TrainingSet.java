package io.kohaku.train.data;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.image.Bucket;
import io.kohaku.latent.table.LatentReader;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Vae;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.SampleDraw;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The prepared images of one folder, read at random: captions from here, latents from their store.
 */
public final class TrainingSet implements MicroBatches {
  private static final int SIZES = 6;

  private final LatentReader latents;
  private final Augmentation augmentation;
  private final NDManager manager = Natives.manager(Device.cpu());
  private final List<Rows> buckets = new ArrayList<>();
  private final Closer opened;

  /** The files of one bucket. */
  private record Rows(Bucket bucket, int size, FSDataInputStream rows, FSDataInputStream words) {
    PreparedRow read(int row) throws IOException {
      byte[] entry = new byte[PreparedRow.ENTRY_BYTES];
      rows.readFully((long) row * entry.length, entry);
      PreparedRow.Entry place = PreparedRow.Entry.parse(entry);
      byte[] bytes = new byte[place.length()];
      words.readFully(place.position(), bytes);
      return PreparedRow.parse(place.latentRow(), bytes);
    }
  }

  /** Opens a folder that the preparation wrote; it may hold nothing. */
  public TrainingSet(
      Configuration hadoop, Path folder, LatentReader latents, Augmentation augmentation)
      throws IOException {
    this.latents = latents;
    this.augmentation = augmentation;
    FileSystem files = folder.getFileSystem(hadoop);
    TreeMap<Bucket, FileStatus> found = new TreeMap<>();
    FileStatus[] listed = files.globStatus(new Path(folder, "[0-9]*" + PreparedWriter.ROWS));
    for (FileStatus file : listed == null ? new FileStatus[0] : listed) {
      found.put(Bucket.parse(name(file.getPath())), file);
    }
    try (Closer opening = new Closer()) {
      opening.add(manager);
      for (var entry : found.entrySet()) {
        Path rows = entry.getValue().getPath();
        Path words = new Path(rows.getParent(), name(rows) + PreparedWriter.WORDS);
        int size = Math.toIntExact(entry.getValue().getLen() / PreparedRow.ENTRY_BYTES);
        FSDataInputStream places = opening.add(files.open(rows));
        buckets.add(new Rows(entry.getKey(), size, places, opening.add(files.open(words))));
      }
      this.opened = opening.release();
    }
  }

  private static String name(Path rows) {
    String name = rows.getName();
    return name.substring(0, name.length() - PreparedWriter.ROWS.length());
  }

  /** The bucket with the most images. */
  public Bucket fullestBucket() {
    return Collections.max(buckets, Comparator.comparingInt(Rows::size)).bucket();
  }

  @Override
  public List<Integer> sizes() {
    return buckets.stream().map(Rows::size).toList();
  }

  @Override
  public MicroBatch read(EpochOrder.Slot slot, Moment moment, long step) throws IOException {
    Autograd.enterThread();
    Rows rows = buckets.get(slot.bucket());
    Bucket bucket = rows.bucket();
    int height = bucket.height() / 8;
    int width = bucket.width() / 8;
    int images = slot.rows().length;
    MicroBatch batch =
        new MicroBatch(
            new long[images],
            height,
            width,
            new float[images * 4 * height * width],
            new float[images * SIZES],
            new ArrayList<>(),
            new ArrayList<>());
    for (int i = 0; i < images; i++) {
      SampleDraw draw = new SampleDraw(moment.seed(), moment.epoch(), slot.place() + i);
      PreparedRow row = rows.read(slot.rows()[i]);
      fill(batch, i, bucket, row, draw);
      batch
          .texts()
          .add(
              augmentation.text(
                  row.fixed(),
                  row.flexible(),
                  new Augmentation.Moment(draw.seed(), draw.epoch(), draw.place(), step)));
      batch.draws().add(draw);
    }
    return batch;
  }

  private void fill(MicroBatch batch, int i, Bucket bucket, PreparedRow row, SampleDraw draw)
      throws IOException {
    batch.ids()[i] = latents.id(bucket, row.latentRow());
    float[] sizes = latents.conditioning(bucket, row.latentRow()).toArray();
    System.arraycopy(sizes, 0, batch.sizes(), i * SIZES, SIZES);
    float[] values;
    synchronized (manager) {
      try (MemoryScope scope = MemoryScope.open(manager)) {
        values =
            latents
                .read(scope.manager(), bucket, row.latentRow(), draw.posteriorSeed())
                .toFloatArray();
      }
    }
    float scale = (float) Vae.SCALE;
    for (int j = 0; j < values.length; j++) {
      batch.latents()[i * values.length + j] = values[j] * scale;
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
