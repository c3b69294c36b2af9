package io.kohaku.latent.encode;

import static org.apache.spark.sql.functions.col;

import io.kohaku.image.shard.ShardTable;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.rows.TableColumns;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The latents that the store holds, as an {@link EncodedTable}. */
public final class KnownTable {
  private static final String[] ID = {ShardTable.ID};
  private static final String[] IMAGE = {
    ShardTable.ID, ShardTable.SHARD, ShardTable.OFFSET, ShardTable.LENGTH, ShardTable.STAMP
  };

  private KnownTable() {}

  /**
   * All that were made under a key: by the earlier run's table, and for files that it does not
   * name, by them.
   */
  public static Dataset<Row> of(
      SparkSession spark, EncodePlan plan, String key, StoreBefore before) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Set<String> files = new HashSet<>(before.files());
    Dataset<Row> named =
        before
            .latents()
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
    JavaRDD<Row> listed =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.copyOf(files), Math.max(1, files.size()))
            .flatMap(new StorePartition(plan.store(), hadoop));
    return still
        .union(spark.createDataFrame(listed, EncodedTable.SCHEMA))
        .where(col(EncodedTable.KEY).equalTo(key));
  }

  /** Those of them that were made of these very images, which lie where they lay. */
  public static Dataset<Row> reused(Dataset<Row> known, Dataset<Row> images) {
    Dataset<Row> places = TableColumns.select(images, IMAGE);
    return EncodedTable.require(known.join(places, IMAGE, "left_semi")).dropDuplicates(ID);
  }

  /** The images of which there is none. */
  public static Dataset<Row> without(Dataset<Row> images, Dataset<Row> reused) {
    return images.join(reused.select(ShardTable.ID), ID, "left_anti");
  }
}
