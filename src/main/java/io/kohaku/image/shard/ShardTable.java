package io.kohaku.image.shard;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Where the bytes of each post's image lie: one row for each post that has one. */
public final class ShardTable {
  /** The post, a long. */
  public static final String ID = "id";

  /** The archive or plain file that holds the bytes, with its file system's scheme. */
  public static final String SHARD = "shard";

  /** Of the first byte in the shard. */
  public static final String OFFSET = "offset";

  /** In bytes. */
  public static final String LENGTH = "length";

  /** Of the entry's name, in lower case without the dot. */
  public static final String EXTENSION = "extension";

  /** A long that changes when the shard does. */
  public static final String STAMP = "stamp";

  /** The columns. */
  public static final StructType SCHEMA =
      new StructType()
          .add(ID, DataTypes.LongType, false)
          .add(SHARD, DataTypes.StringType, false)
          .add(OFFSET, DataTypes.LongType, false)
          .add(LENGTH, DataTypes.LongType, false)
          .add(EXTENSION, DataTypes.StringType, false)
          .add(STAMP, DataTypes.LongType, false);

  private ShardTable() {}

  /** The table's columns of this dataset, in order. */
  public static Dataset<Row> require(Dataset<Row> dataset) {
    return ScanTable.select(dataset, SCHEMA, "shard table");
  }
}
