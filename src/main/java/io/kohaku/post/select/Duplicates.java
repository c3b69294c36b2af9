package io.kohaku.post.select;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;

import io.kohaku.post.PostTable;
import io.kohaku.post.Reason;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.rows.TableColumns;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Parts posts into the first of each id and file and the ones that repeat it.
 *
 * @param first posts that stay, columns of {@link ScreenedTable}
 * @param repeats posts that go, with reason and detail
 */
record Duplicates(Dataset<Row> first, Dataset<Row> repeats) {
  private static final String KEPT = "kept";

  /** Repeated ids: the first place in the source stays. */
  static Duplicates ofIds(Dataset<Row> posts) {
    return of(posts, PostTable.ID, Reason.DUPLICATE_ID, lit("the id stands at an earlier place"));
  }

  /** Repeated files: the lowest id stays. */
  static Duplicates ofFiles(Dataset<Row> posts) {
    Column detail = concat(lit("same file as post "), col(KEPT).getField(PostTable.ID));
    return of(posts, PostTable.MD5, Reason.DUPLICATE_MD5, detail);
  }

  private static Duplicates of(Dataset<Row> posts, String key, Reason reason, Column detail) {
    Dataset<Row> keyed = posts.where(col(key).isNotNull());
    Column place =
        struct(
            col(PostTable.ID),
            col(ScreenedTable.ORIGIN),
            col(ScreenedTable.SPLIT),
            col(ScreenedTable.LINE));
    Dataset<Row> repeated =
        keyed
            .groupBy(key)
            .agg(min(place).as(KEPT), count(lit(1)).as("times"))
            .where(col("times").gt(1))
            .withColumnRenamed(key, "repeated");
    Dataset<Row> joined =
        posts.join(repeated, posts.col(key).equalTo(repeated.col("repeated")), "left_outer");
    Column stays = col(KEPT).isNull().or(place.eqNullSafe(col(KEPT)));
    return new Duplicates(
        TableColumns.select(joined.where(stays), posts.columns()),
        TableColumns.select(
            joined
                .where(not(stays))
                .withColumn(ScreenedTable.REASON, lit(reason.key()))
                .withColumn(ScreenedTable.DETAIL, detail),
            posts.columns()));
  }
}
