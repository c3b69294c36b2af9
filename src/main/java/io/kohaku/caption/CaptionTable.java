package io.kohaku.caption;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.kohaku.rows.TableColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table of captions: one row a post. */
public final class CaptionTable {
  /** Id of the post. */
  public static final String ID = "id";

  /** Words that open the caption, never moved or left out. */
  public static final String FIXED = "fixed";

  /** Words that follow, shuffled and dropped from step to step. */
  public static final String FLEXIBLE = "flexible";

  /** The published one-line text, with {@code |||} between both parts. */
  public static final String TEXT = "text";

  private CaptionTable() {}

  /** The columns. */
  public static StructType schema() {
    return new StructType()
        .add(ID, LongType, false)
        .add(FIXED, createArrayType(StringType, false))
        .add(FLEXIBLE, createArrayType(StringType, false))
        .add(TEXT, StringType);
  }

  /** The table itself, once it is known to hold all columns. */
  public static Dataset<Row> require(Dataset<Row> captions) {
    return TableColumns.require(captions, schema(), "CaptionTable");
  }
}
