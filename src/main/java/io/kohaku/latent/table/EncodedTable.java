package io.kohaku.latent.table;

import static org.apache.spark.sql.functions.lit;

import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.StoredLatent;
import io.kohaku.rows.TableColumns;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What became of every selected post: one row each, with the place of its latent or with the reason
 * why it has none.
 */
public final class EncodedTable {
  public static final String ID = LatentColumn.ID.column();
  public static final String BUCKET = LatentColumn.BUCKET.column();
  public static final String FILE = LatentColumn.FILE.column();
  public static final String KEY = LatentColumn.KEY.column();

  /** Why there is no latent; null where there is one. */
  public static final String REASON = "reason";

  /** More about the reason. */
  public static final String DETAIL = "detail";

  /** The columns: every {@link LatentColumn}, then reason and detail. */
  public static final StructType SCHEMA = schema();

  private EncodedTable() {}

  private static StructType schema() {
    StructType schema = new StructType();
    for (LatentColumn column : LatentColumn.values()) {
      schema = schema.add(column.column(), type(column));
    }
    return schema.add(REASON, DataTypes.StringType).add(DETAIL, DataTypes.StringType);
  }

  private static DataType type(LatentColumn column) {
    return switch (column.type()) {
      case LONG -> DataTypes.LongType;
      case INTEGER -> DataTypes.IntegerType;
      case TEXT -> DataTypes.StringType;
    };
  }

  /** The table's columns of this dataset, in order. */
  public static Dataset<Row> require(Dataset<Row> dataset) {
    return TableColumns.select(dataset, SCHEMA.fieldNames());
  }

  public static Row row(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      Object[] values = new Object[SCHEMA.size()];
      values[LatentColumn.ID.ordinal()] = rejected.image().id();
      values[LatentColumn.SHARD.ordinal()] = rejected.image().source().shard();
      values[SCHEMA.fieldIndex(REASON)] = rejected.reason();
      values[SCHEMA.fieldIndex(DETAIL)] = rejected.detail();
      return RowFactory.create(values);
    }
    return row(((Outcome.Encoded) outcome).latent());
  }

  public static Row row(StoredLatent latent) {
    Object[] values = new Object[SCHEMA.size()];
    for (LatentColumn column : LatentColumn.values()) {
      values[column.ordinal()] = column.value(latent);
    }
    return RowFactory.create(values);
  }

  public static StoredLatent latent(Row row) {
    return new StoredLatent(LatentColumn.origin(values(row)), LatentColumn.place(values(row)));
  }

  /** What {@link LatentColumn} reads of a row. */
  public static LatentColumn.Values values(Row row) {
    return column -> row.getAs(column.column());
  }

  /** All columns, those not given as null, for rows that have no latent. */
  public static Column[] reject(Column id, String reason, Column detail) {
    Map<String, Column> given = Map.of(ID, id, REASON, lit(reason), DETAIL, detail);
    return Arrays.stream(SCHEMA.fields())
        .map(
            field ->
                given.getOrDefault(field.name(), lit(null)).cast(field.dataType()).as(field.name()))
        .toArray(Column[]::new);
  }
}
