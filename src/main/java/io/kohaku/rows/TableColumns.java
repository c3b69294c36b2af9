package io.kohaku.rows;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Checks a table against the columns that it must have. */
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
      if (!present.contains(field.name())) {
        throw new IllegalArgumentException(
            "Missing column: %s of %s (it has %s)"
                .formatted(field.name(), name, String.join(", ", present)));
      }
      String type = table.schema().apply(field.name()).dataType().catalogString();
      if (!type.equals(field.dataType().catalogString())) {
        throw new IllegalArgumentException(
            "Invalid column %s of %s: %s (must be %s)"
                .formatted(field.name(), name, type, field.dataType().catalogString()));
      }
    }
    return table;
  }
}
