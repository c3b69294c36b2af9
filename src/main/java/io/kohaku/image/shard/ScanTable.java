package io.kohaku.image.shard;

import io.kohaku.rows.TableColumns;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Everything that a scan of the shards found, which the next scan starts from: one row for each
 * image, each reject, and, without either, each scanned source.
 */
public final class ScanTable {
  /** The scanned archive or folder. */
  static final String SOURCE = "source";

  /** The state that the source was in. */
  static final String SOURCE_STAMP = "source_stamp";

  /** The source's place in the order in which an image is looked for. */
  static final String RANK = "rank";

  /** Why the entry was left out; null for an image. */
  public static final String REASON = "reason";

  /** The entry's name, or what was wrong with it. */
  static final String DETAIL = "detail";

  /** The columns. */
  static final StructType SCHEMA =
      new StructType()
          .add(SOURCE, DataTypes.StringType, false)
          .add(SOURCE_STAMP, DataTypes.LongType, false)
          .add(RANK, DataTypes.IntegerType, false)
          .add(ShardTable.ID, DataTypes.LongType)
          .add(ShardTable.SHARD, DataTypes.StringType)
          .add(ShardTable.OFFSET, DataTypes.LongType)
          .add(ShardTable.LENGTH, DataTypes.LongType)
          .add(ShardTable.EXTENSION, DataTypes.StringType)
          .add(ShardTable.STAMP, DataTypes.LongType)
          .add(REASON, DataTypes.StringType)
          .add(DETAIL, DataTypes.StringType);

  private ScanTable() {}

  /** The table's columns of this dataset, in order. */
  static Dataset<Row> require(Dataset<Row> dataset) {
    return select(dataset, SCHEMA, "scan table");
  }

  /** The schema's columns of a dataset, which may have more of them. */
  static Dataset<Row> select(Dataset<Row> dataset, StructType schema, String table) {
    List<String> present = Arrays.asList(dataset.columns());
    List<String> missing =
        Arrays.stream(schema.fieldNames()).filter(name -> !present.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "Missing columns: " + missing + " in the " + table + ", which has " + present);
    }
    return TableColumns.select(dataset, schema.fieldNames());
  }
}
