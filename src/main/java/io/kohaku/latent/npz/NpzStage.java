package io.kohaku.latent.npz;

import static org.apache.spark.sql.functions.col;

import io.kohaku.image.shard.ImageSource;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.encode.EncodeStage;
import io.kohaku.latent.encode.KnownTable;
import io.kohaku.latent.encode.LatentWork;
import io.kohaku.latent.encode.StoreBefore;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Latents from and to the {@code .npz} files that sd-scripts keeps beside its images. */
public final class NpzStage {
  private static final Logger LOG = LoggerFactory.getLogger(NpzStage.class);

  /** The name of what {@link #imported} counts, in Spark's pages (after a prefix). */
  public static final String IMPORTS = "imports";

  private static final String[] ID = {ShardTable.ID};

  private final EncodePlan plan;

  /** A stage with this plan; of the model it needs nothing. */
  public NpzStage(EncodePlan plan) {
    this.plan = plan;
  }

  /**
   * An {@link EncodedTable} with one row for each of these posts that has a file in the settings'
   * folders, whose latent is copied into the store unless it is there. As with {@link EncodeStage},
   * write the result before using it twice. To know how much there is to do costs one join more of
   * the files and the posts, by id.
   *
   * @param posts the selected posts: {@code id}
   * @param before what may be reused
   */
  public LatentWork imported(Dataset<Row> posts, StoreBefore before) throws IOException {
    SparkSession spark = posts.sparkSession();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    List<Row> listed =
        NpzListing.list(plan.latents().imports(), hadoop).entrySet().stream()
            .map(file -> row(file.getKey(), file.getValue()))
            .toList();
    Dataset<Row> files =
        spark
            .createDataFrame(listed, ShardTable.SCHEMA)
            .join(posts.select(ShardTable.ID), ID, "left_semi");
    Dataset<Row> known = KnownTable.of(spark, plan, plan.importKey(), before);
    Dataset<Row> reused = KnownTable.reused(known, files);
    Dataset<Row> rest = KnownTable.without(files, reused);
    long toRead = rest.count();
    int chunks = Math.toIntExact(toRead / plan.latents().chunkSize()) + 1;
    LongAccumulator read = spark.sparkContext().longAccumulator("kohaku." + IMPORTS);
    JavaRDD<Row> taken =
        rest.repartition(chunks, col(ShardTable.ID))
            .javaRDD()
            .mapPartitions(
                new NpzImportPartition(plan, new SerializableConfiguration(hadoop), read));
    Dataset<Row> table = reused.union(spark.createDataFrame(taken, EncodedTable.SCHEMA));
    return new LatentWork(table, files.count() - toRead, toRead);
  }

  private static Row row(long id, ImageSource file) {
    return RowFactory.create(id, file.shard(), file.offset(), file.length(), "npz", file.stamp());
  }

  /** Says how many files could not be used, if any. */
  public static void tellRejected(long files, String listed) {
    if (files > 0) {
      LOG.warn(
          "{} files of latents cannot be used: their posts' images are encoded (the reasons stand in the output {})",
          files,
          listed);
    }
  }

  /** Those of the posts that were not imported: their images are to be encoded. */
  public static Dataset<Row> notImported(Dataset<Row> posts, Dataset<Row> imported) {
    return posts.join(taken(imported).select(ShardTable.ID), ID, "left_anti");
  }

  /** The rows with a latent. */
  public static Dataset<Row> taken(Dataset<Row> imported) {
    return imported.where(col(EncodedTable.REASON).isNull());
  }

  /**
   * Writes one {@code <id>.npz} for each row of a {@link LatentTable} into a folder.
   *
   * @return the rows, whose files are written when an action runs
   */
  public Dataset<Row> exported(Dataset<Row> latents, String folder) {
    SparkSession spark = latents.sparkSession();
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    LongAccumulator images = spark.sparkContext().longAccumulator("kohaku.images");
    JavaRDD<Row> rows =
        LatentTable.encoded(latents)
            .javaRDD()
            .mapPartitions(new NpzExportPartition(plan, folder, hadoop, images));
    return spark.createDataFrame(rows, EncodedTable.SCHEMA);
  }
}
