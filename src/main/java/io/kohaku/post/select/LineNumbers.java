package io.kohaku.post.select;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.kohaku.post.RejectTable;
import io.kohaku.post.screen.ScreenedTable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Turns a line within a split into {@code file:line}, once the lines of all splits are counted. */
final class LineNumbers {
  private static final String BEFORE = "lines_before";

  private LineNumbers() {}

  /** The rejects with their places. */
  static Dataset<Row> resolve(Dataset<Row> rejected, Dataset<Row> counts) {
    Column earlier =
        sum(ScreenedTable.LINES)
            .over(
                Window.partitionBy(ScreenedTable.ORIGIN)
                    .orderBy(ScreenedTable.SPLIT)
                    .rowsBetween(Window.unboundedPreceding(), -1));
    Dataset<Row> bases =
        counts.select(
            col(ScreenedTable.ORIGIN).as("counts_origin"),
            col(ScreenedTable.SPLIT).as("counts_split"),
            coalesce(earlier, lit(0L)).as(BEFORE));
    Column sameSplit =
        col(ScreenedTable.ORIGIN)
            .equalTo(col("counts_origin"))
            .and(col(ScreenedTable.SPLIT).equalTo(col("counts_split")));
    Column line = col(ScreenedTable.LINE).plus(coalesce(col(BEFORE), lit(0L)));
    Column place = concat(col(ScreenedTable.ORIGIN), lit(":"), line.cast("string"));
    return rejected
        .join(broadcast(bases), sameSplit, "left_outer")
        .select(
            col(RejectTable.ID),
            coalesce(place, col(ScreenedTable.ORIGIN)).as(RejectTable.SOURCE),
            col(RejectTable.REASON),
            col(RejectTable.DETAIL));
  }
}
