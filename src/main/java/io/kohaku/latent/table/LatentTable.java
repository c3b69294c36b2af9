package io.kohaku.latent.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.kohaku.latent.LatentColumn;
import io.kohaku.random.Purpose;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

/**
 * The latents that training reads: the rows of {@link EncodedTable} that have one, each with its
 * place in the seeded random order of its bucket. Written partitioned by {@link
 * EncodedTable#BUCKET}.
 */
public final class LatentTable {
  /** The latent's place among those of its bucket, from 0 on, by a hash of purpose, seed and id. */
  public static final String ROW = "row";

  private LatentTable() {}

  /** The encoded rows in their order, ready to be written by bucket. */
  public static Dataset<Row> of(Dataset<Row> encoded, long seed) {
    return encoded
        .where(col(EncodedTable.REASON).isNull())
        .drop(EncodedTable.REASON, EncodedTable.DETAIL)
        .withColumn(
            ROW,
            row_number()
                .over(
                    Window.partitionBy(EncodedTable.BUCKET)
                        .orderBy(
                            xxhash64(
                                lit(Purpose.LATENT_ROWS.number()), lit(seed), col(EncodedTable.ID)),
                            col(EncodedTable.ID)))
                .minus(1))
        .sortWithinPartitions(EncodedTable.BUCKET, ROW);
  }

  /** What training needs of a latent: its post, place, format and sizes, and no more. */
  public static Dataset<Row> training(Dataset<Row> latents) {
    Stream<Column> told =
        Stream.of(
                LatentColumn.FILE,
                LatentColumn.POSITION,
                LatentColumn.SIZE,
                LatentColumn.CHECKSUM,
                LatentColumn.POSTERIOR,
                LatentColumn.STORAGE,
                LatentColumn.ORIGINAL_HEIGHT,
                LatentColumn.ORIGINAL_WIDTH,
                LatentColumn.CROP_TOP,
                LatentColumn.CROP_LEFT,
                LatentColumn.TARGET_HEIGHT,
                LatentColumn.TARGET_WIDTH)
            .map(column -> col(column.column()));
    Stream<Column> place = Stream.of(col(EncodedTable.ID), col(EncodedTable.BUCKET), col(ROW));
    return latents.select(Stream.concat(place, told).toArray(Column[]::new));
  }

  /** The rows as {@link EncodedTable} has them. */
  public static Dataset<Row> encoded(Dataset<Row> latents) {
    return EncodedTable.require(
        latents
            .withColumn(EncodedTable.REASON, lit(null).cast(DataTypes.StringType))
            .withColumn(EncodedTable.DETAIL, lit(null).cast(DataTypes.StringType)));
  }

  /** The posts without a latent: id, source, reason, detail. */
  public static Dataset<Row> rejects(Dataset<Row> encoded) {
    return encoded
        .where(col(EncodedTable.REASON).isNotNull())
        .select(
            col(EncodedTable.ID),
            col(LatentColumn.SHARD.column()).as("source"),
            col(EncodedTable.REASON),
            col(EncodedTable.DETAIL));
  }
}
