package io.kohaku.post.hakubooru;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegralType;

/** Columns of ids, in whatever type a tool wrote them. */
final class WholeColumns {
  private WholeColumns() {}

  /** The column as whole numbers; null where it has none, which a cast would round or make 0. */
  static Column of(Dataset<Row> table, String name) {
    DataType type = table.schema().apply(name).dataType();
    if (type instanceof IntegralType) {
      return col(name).cast(DataTypes.LongType);
    }
    UDF1<Object, Long> whole =
        value -> {
          var id = DatabaseValues.id(value);
          return id.isPresent() ? id.getAsLong() : null;
        };
    return udf(whole, DataTypes.LongType).apply(col(name));
  }
}
