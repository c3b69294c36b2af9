package io.kohaku.latent;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.kohaku.image.RejectReason;
import io.kohaku.image.ShardTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Gives every selected post a latent, or a reason why it has none.
 *
 * <p>Latents that the store has already, under the same key and of the same image, are reused. The
 * rest is cut into chunks; one ordinary task, retried as Spark sees fit, encodes one chunk. Write
 * the result before using it twice: each action on it runs the tasks again, which then find their
 * chunks finished and look at the rejects anew.
 */
public final class EncodeStage {
  private static final String[] ID = {ShardTable.ID};
  private static final String[] SOURCE = {
    ShardTable.ID, ShardTable.SHARD, ShardTable.OFFSET, ShardTable.LENGTH, ShardTable.STAMP
  };
  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  private final EncodePlan plan;
  private final Optional<ResourceProfile> resources;

  /** A stage with this plan, whose tasks are as the application's others. */
  public EncodeStage(EncodePlan plan) {
    this(plan, Optional.empty());
  }

  /** A stage with this plan, whose encoding tasks take these resources. */
  public EncodeStage(EncodePlan plan, Optional<ResourceProfile> resources) {
    this.plan = plan;
    this.resources = resources;
  }

  /**
   * An {@link EncodedTable} with one row for each post.
   *
   * @param posts the selected posts: {@code id}, {@code image_width}, {@code image_height}
   * @param shards a {@link ShardTable}
   * @param previous the {@link LatentTable} of an earlier run, whose files need not be listed anew
   */
  public Dataset<Row> encode(
      Dataset<Row> posts, Dataset<Row> shards, Optional<Dataset<Row>> previous) throws IOException {
    SparkSession spark = posts.sparkSession();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String key = plan.key(VaeDigest.of(plan.vae()));
    Dataset<Row> wanted =
        posts
            .select(ShardTable.ID, "image_width", "image_height")
            .join(ShardTable.require(shards), ID, "left");
    Dataset<Row> located = wanted.where(col(ShardTable.SHARD).isNotNull());
    Dataset<Row> known = known(spark, hadoop, previous).where(col(EncodedTable.KEY).equalTo(key));
    Dataset<Row> reused =
        EncodedTable.require(known.join(located.select(ID[0], tail(SOURCE)), SOURCE, "left_semi"))
            .dropDuplicates(ID);
    Dataset<Row> rest = located.join(reused.select(ShardTable.ID), ID, "left_anti");
    LongAccumulator images = spark.sparkContext().longAccumulator("kohaku.images");
    JavaRDD<Row> chunks =
        new ChunkStage(plan)
            .cut(rest, known)
            .mapPartitions(new ChunkPartition(plan, key, hadoop, images));
    JavaRDD<Row> encoded = resources.map(chunks::withResources).orElse(chunks);
    return reused
        .union(withoutImage(wanted))
        .union(spark.createDataFrame(encoded, EncodedTable.SCHEMA));
  }

  private static Dataset<Row> withoutImage(Dataset<Row> wanted) {
    return wanted
        .where(col(ShardTable.SHARD).isNull())
        .select(
            EncodedTable.reject(
                col(ShardTable.ID),
                RejectReason.NO_IMAGE.text(),
                lit("no shard holds an image of this post")));
  }

  /** What the store holds: by the previous table, and for files that it does not name, by them. */
  private Dataset<Row> known(
      SparkSession spark, Configuration hadoop, Optional<Dataset<Row>> previous)
      throws IOException {
    LatentStore store = new LatentStore(hadoop, plan.store());
    store.discardUnfinishedBefore(System.currentTimeMillis() - DAY);
    Set<String> files = new HashSet<>(store.files());
    Dataset<Row> named =
        previous
            .map(LatentTable::encoded)
            .orElseGet(() -> spark.createDataFrame(List.of(), EncodedTable.SCHEMA));
    List<String> present =
        named
            .select(EncodedTable.FILE)
            .distinct()
            .as(Encoders.STRING())
            .filter(col(EncodedTable.FILE).isNotNull())
            .collectAsList()
            .stream()
            .filter(files::contains)
            .toList();
    present.forEach(files::remove);
    Dataset<Row> names = spark.createDataset(present, Encoders.STRING()).toDF(EncodedTable.FILE);
    Dataset<Row> still =
        EncodedTable.require(named.join(names, new String[] {EncodedTable.FILE}, "left_semi"));
    return still.union(listed(spark, hadoop, files));
  }

  private Dataset<Row> listed(SparkSession spark, Configuration hadoop, Set<String> files) {
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.copyOf(files), Math.max(1, files.size()))
            .flatMap(new StorePartition(plan.store(), hadoop));
    return spark.createDataFrame(rows, EncodedTable.SCHEMA);
  }

  private static String[] tail(String[] names) {
    return Arrays.copyOfRange(names, 1, names.length);
  }
}
