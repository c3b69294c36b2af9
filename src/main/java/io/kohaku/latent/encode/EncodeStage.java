package io.kohaku.latent.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.kohaku.device.DeviceWish;
import io.kohaku.image.RejectReason;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.latent.table.EncodedTable;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Gives every selected post a latent, or a reason why it has none.
 *
 * <p>Latents that the store has already, under the same key and of the same image, are reused. The
 * rest is cut into chunks; one ordinary task, retried as Spark sees fit, encodes one chunk. Write
 * the result before using it twice: each action on it runs the tasks again, which then find their
 * chunks finished and look at the rejects anew.
 */
public final class EncodeStage {
  private final EncodePlan plan;
  private final EncodeCounters counters;
  private final Optional<ResourceProfile> resources;
  private final DeviceWish device;

  /** A stage with this plan, whose tasks are as the application's others. */
  public EncodeStage(EncodePlan plan, EncodeCounters counters) {
    this(plan, counters, Optional.empty(), DeviceWish.AUTO);
  }

  /** A stage with this plan, whose encoding tasks take these resources and compute on this. */
  public EncodeStage(
      EncodePlan plan,
      EncodeCounters counters,
      Optional<ResourceProfile> resources,
      DeviceWish device) {
    this.plan = plan;
    this.counters = counters;
    this.resources = resources;
    this.device = device;
  }

  /**
   * An {@link EncodedTable} with one row for each post, and how much of it there is to do. To know
   * that costs one join of posts and images, of which two columns are read: five seconds on two
   * cores for four million posts. The images to encode are counted anyway, to cut the chunks.
   *
   * @param posts the selected posts: {@code id}, {@code image_width}, {@code image_height}
   * @param shards a {@link ShardTable}
   * @param before what may be reused
   */
  public LatentWork encode(Dataset<Row> posts, Dataset<Row> shards, StoreBefore before)
      throws IOException {
    SparkSession spark = posts.sparkSession();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String key = plan.key(plan.vae().onThisMachine(hadoop).digest());
    Dataset<Row> wanted =
        posts
            .select(ShardTable.ID, "image_width", "image_height")
            .join(ShardTable.require(shards), new String[] {ShardTable.ID}, "left");
    Dataset<Row> located = wanted.where(col(ShardTable.SHARD).isNotNull());
    Dataset<Row> known = KnownTable.of(spark, plan, key, before);
    Dataset<Row> reused = KnownTable.reused(known, located);
    ChunkStage.Cut cut = new ChunkStage(plan).cut(KnownTable.without(located, reused), known);
    JavaRDD<Row> chunks =
        cut.chunks().mapPartitions(new ChunkPartition(plan, key, hadoop, counters, device));
    JavaRDD<Row> encoded = resources.map(chunks::withResources).orElse(chunks);
    Dataset<Row> table =
        reused
            .union(withoutImage(wanted))
            .union(spark.createDataFrame(encoded, EncodedTable.SCHEMA));
    return new LatentWork(table, located.count() - cut.images(), cut.images());
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
}
