package io.kohaku.caption;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.kohaku.rows.TableColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table of tags: how many of the selected posts have each. */
public final class TagTable {
  /** Lower-case name of the category. */
  public static final String CATEGORY = "category";

  /** Name with underscores. */
  public static final String TAG = "tag";

  /** How many posts have the tag. */
  public static final String POSTS = "posts";

  /** The highest gate of {@code captions.tag-gates} that the tag passes, or 0. */
  public static final String GATE = "gate";

  private TagTable() {}

  /** The columns. */
  static StructType schema() {
    return new StructType()
        .add(CATEGORY, StringType)
        .add(TAG, StringType)
        .add(POSTS, LongType)
        .add(GATE, LongType);
  }

  /** The table itself, once it is known to hold all columns. */
  public static Dataset<Row> require(Dataset<Row> tags) {
    return TableColumns.require(tags, schema(), "TagTable");
  }
}
