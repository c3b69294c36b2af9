package io.kohaku.rows;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that a table must have. */
public final class TableColumns {
  private TableColumns() {}

  /**
   * The table itself.
   *
   * @throws IllegalArgumentException {@code Missing column} or {@code Invalid column}, with what is
   *     there
   */
  public static Dataset<Row> require(Dataset<Row> table, StructType schema, String name) {
    List<String> present = Arrays.asList(table.columns());
    for (StructField field : schema.fields()) {
      require(field.name(), present, name);
      String type = table.schema().apply(field.name()).dataType().catalogString();
      if (!type.equals(field.dataType().catalogString())) {
        throw new IllegalArgumentException(
            "Invalid column %s of %s: %s (must be %s)"
                .formatted(field.name(), name, type, field.dataType().catalogString()));
      }
    }
    return table;
  }

  /** Checks that a column is among those of a table. */
  public static void require(String column, Collection<String> present, String name) {
    if (!present.contains(column)) {
      throw new IllegalArgumentException(
          "Missing column: %s of %s (it has %s)"
              .formatted(column, name, String.join(", ", present)));
    }
  }

  /** These columns of a table, in this order. */
  public static Dataset<Row> select(Dataset<Row> table, String... columns) {
    return table.select(Arrays.stream(columns).map(table::col).toArray(Column[]::new));
  }
}
