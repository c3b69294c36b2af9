package io.kohaku.latent.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.kohaku.image.BucketChoice;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.random.Purpose;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import scala.Tuple2;

/**
 * Cuts images into chunks, one partition each: of one bucket by the sizes that the posts' metadata
 * tells, in seeded random order.
 */
final class ChunkStage {
  private static final String BUCKET = "planned_bucket";
  private static final String CHUNK = "chunk";
  private static final String EARLIER = "earlier";

  private final EncodePlan plan;

  ChunkStage(EncodePlan plan) {
    this.plan = plan;
  }

  /**
   * Chunks, one partition each.
   *
   * @param images how many there are in all chunks
   */
  record Cut(JavaRDD<Tuple2<Integer, WantedImage>> chunks, long images) {}

  /**
   * The chunks.
   *
   * @param rest images without a latent: the shard table's columns, {@code image_width}, {@code
   *     image_height}
   * @param known latents that may turn out to be of the same bytes
   */
  Cut cut(Dataset<Row> rest, Dataset<Row> known) {
    Dataset<Row> planned =
        rest.withColumn(
            BUCKET,
            udf(new PlannedBucket(plan), DataTypes.StringType)
                .apply(col("image_width"), col("image_height")));
    Map<String, Integer> first = new HashMap<>();
    int chunks = 0;
    long images = 0;
    for (Row bucket : planned.groupBy(BUCKET).count().orderBy(BUCKET).collectAsList()) {
      first.put(bucket.getString(0), chunks);
      chunks += (int) -Math.floorDiv(-bucket.getLong(1), plan.latents().chunkSize());
      images += bucket.getLong(1);
    }
    JavaPairRDD<Integer, WantedImage> keyed =
        numbered(planned)
            .join(earlier(known), new String[] {ShardTable.ID}, "left")
            .javaRDD()
            .mapToPair(new ToWanted(first));
    return new Cut(
        JavaRDD.fromRDD(
            keyed.partitionBy(new ByChunk(Math.max(1, chunks))).rdd(), keyed.classTag()),
        images);
  }

  private Dataset<Row> numbered(Dataset<Row> planned) {
    Column place =
        row_number()
            .over(
                Window.partitionBy(BUCKET)
                    .orderBy(
                        xxhash64(
                            lit(Purpose.CHUNKS.number()), lit(plan.seed()), col(ShardTable.ID)),
                        col(ShardTable.ID)));
    return planned.withColumn(
        CHUNK,
        floor(place.minus(1).divide(plan.latents().chunkSize())).cast(DataTypes.IntegerType));
  }

  private static Dataset<Row> earlier(Dataset<Row> known) {
    List<Column> columns = Arrays.stream(known.columns()).map(known::col).toList();
    return known
        .select(known.col(ShardTable.ID), struct(columns.toArray(Column[]::new)).as(EARLIER))
        .dropDuplicates(new String[] {ShardTable.ID});
  }

  /** The bucket that the metadata promises; what it cannot tell is one group more. */
  private static final class PlannedBucket implements UDF2<Integer, Integer, String> {
    private static final long serialVersionUID = 1L;

    private final EncodePlan plan;
    private transient BucketChoice choice;

    PlannedBucket(EncodePlan plan) {
      this.plan = plan;
    }

    @Override
    public String call(Integer width, Integer height) {
      if (width == null || height == null || width <= 0 || height <= 0) {
        return "unknown";
      }
      if (choice == null) {
        choice = new BucketChoice(plan.images().buckets());
      }
      try {
        return choice.place(width, height).bucket().name();
      } catch (ImageRejected e) {
        return "unknown";
      }
    }
  }

  private static final class ToWanted implements PairFunction<Row, Integer, WantedImage> {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, Integer> firstChunks;

    ToWanted(Map<String, Integer> firstChunks) {
      this.firstChunks = new HashMap<>(firstChunks);
    }

    @Override
    public Tuple2<Integer, WantedImage> call(Row row) {
      Row earlier = row.getAs(EARLIER);
      return new Tuple2<>(
          firstChunks.get(row.<String>getAs(BUCKET)) + row.<Integer>getAs(CHUNK),
          new WantedImage(
              row.<Long>getAs(ShardTable.ID),
              LatentColumn.source(EncodedTable.values(row)),
              earlier == null ? null : EncodedTable.latent(earlier)));
    }
  }

  private static final class ByChunk extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int chunks;

    ByChunk(int chunks) {
      this.chunks = chunks;
    }

    @Override
    public int numPartitions() {
      return chunks;
    }

    @Override
    public int getPartition(Object chunk) {
      return (Integer) chunk;
    }
  }
}
