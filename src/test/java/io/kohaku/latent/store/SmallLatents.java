package io.kohaku.latent.store;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Latents of made-up numbers, stored and listed as the encoder would. */
public final class SmallLatents {
  private static final LatentFormat FORMAT = new LatentFormat(Posterior.SAMPLE, Storage.FP32);

  private SmallLatents() {}

  /**
   * Writes a store and its table.
   *
   * @param counts images of each bucket, {@code <width>x<height>}; ids go up from 1
   * @param broken id of a post whose latent is not a number, or 0
   */
  public static void write(
      SparkSession spark, java.nio.file.Path folder, Map<String, Integer> counts, long broken)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path store = new Path(folder.resolve("store").toString());
    List<Row> rows = new ArrayList<>();
    long id = 1;
    for (String name : counts.keySet().stream().sorted().toList()) {
      Bucket bucket = Bucket.parse(name);
      String file = LatentStore.file(bucket, "chunk");
      try (LatentFileWriter writer = new LatentFileWriter(hadoop, new Path(store, file))) {
        for (int i = 0; i < counts.get(name); i++) {
          writer.write(origin(id, bucket), latent(id, bucket, id == broken));
          id++;
        }
      }
      LatentFile.list(hadoop, store, file).forEach(latent -> rows.add(EncodedTable.row(latent)));
    }
    Dataset<Row> encoded = spark.createDataFrame(rows, EncodedTable.SCHEMA);
    LatentTable.of(encoded, 1)
        .write()
        .partitionBy(EncodedTable.BUCKET)
        .parquet(folder.resolve("table").toString());
  }

  private static LatentOrigin origin(long id, Bucket bucket) {
    Placement placement =
        new Placement(
            bucket.width() + (int) id, bucket.height(), bucket.width(), bucket.height(), bucket);
    ImageSource source = new ImageSource("shard", id, 1, 1);
    return new LatentOrigin(id, placement, source, "digest", "key", FORMAT);
  }

  private static byte[] latent(long id, Bucket bucket, boolean broken) {
    byte[] bytes = new byte[FORMAT.size(bucket)];
    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    SeededStream stream = SeededStream.of(Purpose.TRIAL, id, 77);
    while (values.hasRemaining()) {
      values.putFloat(broken ? Float.NaN : (float) (8 * stream.nextDouble() - 4));
    }
    return bytes;
  }
}
