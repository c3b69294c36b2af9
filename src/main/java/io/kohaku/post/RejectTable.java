package io.kohaku.post;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.kohaku.rows.TableColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table of rejected posts: which, where they stood, and the first reason. */
public final class RejectTable {
  /** Null if the row gives no id. */
  public static final String ID = "id";

  /** Where the post stood: {@code file:line}, or a database and its table. */
  public static final String SOURCE = "source";

  /** A {@link Reason} in kebab case. */
  public static final String REASON = "reason";

  /** What made it so, for people. */
  public static final String DETAIL = "detail";

  private RejectTable() {}

  /** The columns. */
  static StructType schema() {
    return new StructType()
        .add(ID, LongType)
        .add(SOURCE, StringType)
        .add(REASON, StringType)
        .add(DETAIL, StringType);
  }

  /** The table itself, once it is known to hold all columns. */
  public static Dataset<Row> require(Dataset<Row> rejects) {
    return TableColumns.require(rejects, schema(), "RejectTable");
  }
}
