package io.kohaku.image.shard;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds every post's image in the shards by their headers alone, one task for each shard.
 *
 * <p>{@link #scan} is the work; write its result, then take {@link #members} and {@link #rejects}
 * of what was written. The next scan, given that table, reads only new and changed archives.
 */
public final class IndexStage {
  private static final String FIRST = "first";

  private final ImageSettings settings;

  /** A stage over the shards that the settings name. */
  public IndexStage(ImageSettings settings) {
    this.settings = settings;
  }

  /**
   * A {@link ScanTable} of the shards as they are now.
   *
   * @param previous the table of an earlier scan, whose rows of unchanged archives are taken over
   */
  public Dataset<Row> scan(SparkSession spark, Optional<Dataset<Row>> previous) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    List<ShardSource> sources = ShardListing.list(settings.shards(), hadoop);
    Set<Row> known = previous.map(IndexStage::archiveStates).orElse(Set.of());
    List<ShardSource> changed = new ArrayList<>();
    List<Row> unchanged = new ArrayList<>();
    for (ShardSource source : sources) {
      if (source.archive() && known.contains(RowFactory.create(source.path(), source.stamp()))) {
        unchanged.add(RowFactory.create(source.path(), source.rank()));
      } else {
        changed.add(source);
      }
    }
    Dataset<Row> scanned = scanned(spark, changed, hadoop);
    return previous.map(table -> kept(spark, table, unchanged).union(scanned)).orElse(scanned);
  }

  /** The {@link ShardTable}: of each post the first image in the order of the shards. */
  public static Dataset<Row> members(Dataset<Row> scan) {
    return ShardTable.require(ranked(scan).where(col(FIRST).equalTo(1)));
  }

  /** What was left out, later images of the same post included: id, source, reason, detail. */
  public static Dataset<Row> rejects(Dataset<Row> scan) {
    Dataset<Row> table = ScanTable.require(scan);
    Dataset<Row> entries =
        table
            .where(col(ScanTable.REASON).isNotNull())
            .select(
                col(ShardTable.ID),
                col(ScanTable.SOURCE),
                col(ScanTable.REASON),
                col(ScanTable.DETAIL));
    Dataset<Row> duplicates =
        ranked(table)
            .where(col(FIRST).gt(1))
            .select(
                col(ShardTable.ID),
                col(ScanTable.SOURCE),
                lit(RejectReason.DUPLICATE.text()).as(ScanTable.REASON),
                concat_ws(":", col(ShardTable.SHARD), col(ShardTable.OFFSET)).as(ScanTable.DETAIL));
    return entries.union(duplicates);
  }

  private static Dataset<Row> ranked(Dataset<Row> scan) {
    return ScanTable.require(scan)
        .where(col(ShardTable.ID).isNotNull())
        .withColumn(
            FIRST,
            row_number()
                .over(
                    Window.partitionBy(col(ShardTable.ID))
                        .orderBy(
                            col(ScanTable.RANK), col(ShardTable.SHARD), col(ShardTable.OFFSET))));
  }

  private static Set<Row> archiveStates(Dataset<Row> previous) {
    return new HashSet<>(
        ScanTable.require(previous)
            .select(ScanTable.SOURCE, ScanTable.SOURCE_STAMP)
            .distinct()
            .collectAsList());
  }

  private static Dataset<Row> kept(SparkSession spark, Dataset<Row> previous, List<Row> unchanged) {
    StructType schema =
        new StructType()
            .add(ScanTable.SOURCE, DataTypes.StringType)
            .add(ScanTable.RANK, DataTypes.IntegerType);
    Dataset<Row> ranks = spark.createDataFrame(unchanged, schema);
    return ScanTable.require(
        previous.drop(ScanTable.RANK).join(broadcast(ranks), ScanTable.SOURCE));
  }

  private static Dataset<Row> scanned(
      SparkSession spark, List<ShardSource> sources, Configuration hadoop) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<Row> rows =
        context
            .parallelize(sources, Math.max(1, sources.size()))
            .flatMap(new ShardPartition(hadoop));
    return spark.createDataFrame(rows, ScanTable.SCHEMA);
  }
}
