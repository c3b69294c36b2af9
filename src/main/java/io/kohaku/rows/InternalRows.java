package io.kohaku.rows;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Rows as Spark itself keeps them, without a detour through strings and lists of Java.
 *
 * <p>A post has some thirty tags. To decode each into a {@code String} and encode it again costs
 * more than all rules together, so sources and captions read and write Spark's own rows. The two
 * doors used for it are not part of Spark's public interface; a test watches both.
 */
public final class InternalRows {
  private InternalRows() {}

  /** A row of these values, none of them copied. */
  public static InternalRow of(Object... values) {
    return new GenericInternalRow(values);
  }

  /** A table of rows; each row is copied before the next one is asked for. */
  public static Dataset<Row> table(
      SparkSession spark, JavaRDD<InternalRow> rows, StructType schema) {
    return spark.internalCreateDataFrame(rows.rdd(), schema, false);
  }

  /** The rows of some columns of a table; a row is good until the next one is asked for. */
  public static JavaRDD<InternalRow> of(Dataset<Row> table, List<String> columns) {
    return TableColumns.select(table, columns.toArray(String[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }
}
