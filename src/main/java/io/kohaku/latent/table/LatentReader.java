package io.kohaku.latent.table;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.settings.LatentSettings.Posterior;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
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

  private final LatentStore store;
  private final TreeMap<Bucket, BucketRows> buckets = new TreeMap<>();

  private LatentReader(LatentStore store) {
    this.store = store;
  }

  /**
   * Loads a table's rows, without their latents.
   *
   * @param table folder of the table, partitioned by bucket
   * @param store folder of the latent files
   */
  public static LatentReader open(Configuration hadoop, Path table, Path store) throws IOException {
    LatentReader reader = new LatentReader(new LatentStore(hadoop, store.toString()));
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
    byte[] bytes = store.bytes(entry.id(), entry.place());
    if (format.posterior() != Posterior.MOMENTS) {
      return LatentBytes.read(bytes, format.storage(), format.shape(bucket), scope);
    }
    float[] drawn = LatentBytes.values(bytes, format, bucket, drawSeed, scope);
    return scope.create(drawn, new LatentFormat(Posterior.SAMPLE, format.storage()).shape(bucket));
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
