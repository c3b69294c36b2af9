package io.kohaku.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.image.Bucket;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * Reads single latents of a published {@link LatentTable} by bucket and row, without Spark: exactly
 * the latent's bytes, checked against their sum. Safe for use by several threads.
 */
public final class LatentReader {
  private static final String FOLDER = "bucket=";

  private final FileSystem files;
  private final Path store;
  private final TreeMap<Bucket, BucketRows> buckets = new TreeMap<>();

  private LatentReader(FileSystem files, Path store) {
    this.files = files;
    this.store = store;
  }

  /**
   * Loads a table's rows, without their latents.
   *
   * @param table folder of the table, partitioned by bucket
   * @param store folder of the latent files
   */
  public static LatentReader open(Configuration hadoop, Path table, Path store) throws IOException {
    LatentReader reader = new LatentReader(store.getFileSystem(hadoop), store);
    FileSystem files = table.getFileSystem(hadoop);
    FileStatus[] folders = files.globStatus(new Path(table, FOLDER + "*"));
    if (folders == null || folders.length == 0) {
      throw new FileNotFoundException("Missing latent table: " + table);
    }
    for (FileStatus folder : folders) {
      Bucket bucket = Bucket.parse(folder.getPath().getName().substring(FOLDER.length()));
      BucketRows rows = new BucketRows(bucket);
      for (FileStatus file : files.globStatus(new Path(folder.getPath(), "*.parquet"))) {
        load(hadoop, file.getPath(), rows);
      }
      rows.requireWhole();
      reader.buckets.put(bucket, rows);
    }
    return reader;
  }

  private static void load(Configuration hadoop, Path file, BucketRows rows) throws IOException {
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(hadoop).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        rows.add(row);
      }
    }
  }

  /** The buckets that have latents, by width, then height. */
  public List<Bucket> buckets() {
    return List.copyOf(buckets.keySet());
  }

  /** The number of latents of a bucket. */
  public int rows(Bucket bucket) {
    return of(bucket).size();
  }

  /** The post of a row. */
  public long id(Bucket bucket, int row) {
    return of(bucket).entry(row).id();
  }

  /** What SDXL is told about the size of a row's image. */
  public SizeConditioning conditioning(Bucket bucket, int row) {
    return of(bucket).conditioning(row);
  }

  /**
   * A latent, before scaling.
   *
   * @param scope owner of the result
   * @param drawSeed of the draw, where the table holds moments; not used otherwise
   * @return {@code [4, height / 8, width / 8]}, float32
   */
  public NDArray read(NDManager scope, Bucket bucket, int row, long drawSeed) throws IOException {
    BucketRows.Entry entry = of(bucket).entry(row);
    LatentFormat format = entry.format();
    long height = bucket.height() / LatentFormat.REDUCTION;
    long width = bucket.width() / LatentFormat.REDUCTION;
    Shape stored = new Shape(format.channels(), height, width);
    NDArray values = LatentBytes.read(bytes(entry), format.storage(), stored, scope);
    if (format.channels() == LatentFormat.CHANNELS) {
      return values;
    }
    float[] both = values.toFloatArray();
    values.close();
    return scope.create(
        Moments.ofStored(both).sample(drawSeed), new Shape(LatentFormat.CHANNELS, height, width));
  }

  private byte[] bytes(BucketRows.Entry entry) throws IOException {
    LatentPlace place = entry.place();
    byte[] bytes = new byte[place.size()];
    Path file = new Path(store, place.file());
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(place.position(), bytes);
    }
    if (LatentFileWriter.checksum(bytes) != place.checksum()) {
      throw new IOException(
          "Cannot read the latent of post %d: %s is damaged at byte %d (remove it and encode again)"
              .formatted(entry.id(), file, place.position()));
    }
    return bytes;
  }

  private BucketRows of(Bucket bucket) {
    BucketRows rows = buckets.get(bucket);
    if (rows == null) {
      throw new IllegalArgumentException(
          "Unknown bucket: "
              + bucket.name()
              + " (one of "
              + buckets.keySet().stream().map(Bucket::name).toList()
              + ")");
    }
    return rows;
  }
}
