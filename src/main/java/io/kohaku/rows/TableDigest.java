package io.kohaku.rows;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.conv;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;

import io.kohaku.digest.Sha256;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * A digest of a table's rows, in whatever order, files and row groups they lie.
 *
 * <p>Each row as JSON has its SHA-256; the four quarters of all of them are added up as numbers.
 * Equal rows count as often as they occur.
 */
public final class TableDigest {
  private static final int QUARTER = 16;
  private static final String JSON = "json";
  private static final String HASH = "hash";

  private TableDigest() {}

  /** Reads the whole table once. */
  public static String of(Dataset<Row> table) {
    String[] names = table.columns();
    Arrays.sort(names);
    Column row = struct(Arrays.stream(names).map(TableDigest::column).toArray(Column[]::new));
    Column[] sums =
        IntStream.range(0, 4)
            .mapToObj(
                quarter -> {
                  Column digits = substring(col(HASH), 1 + quarter * QUARTER, QUARTER);
                  Column number = conv(digits, 16, 10).cast(DataTypes.createDecimalType(20, 0));
                  return sum(number);
                })
            .toArray(Column[]::new);
    Row total =
        table
            .select(to_json(row, Map.of("ignoreNullFields", "false")).as(JSON))
            .select(sha2(col(JSON).cast(DataTypes.BinaryType), 256).as(HASH))
            .agg(count(lit(1)), sums)
            .first();
    Stream<String> types =
        Arrays.stream(names).map(name -> name + " " + type(table.schema().apply(name)));
    Stream<String> numbers = IntStream.range(0, total.size()).mapToObj(i -> "" + total.get(i));
    return Sha256.ofAll(Stream.concat(types, numbers).toList());
  }

  /** A name with dots in it is a column's whole name. */
  private static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  private static String type(StructField field) {
    return field.dataType().catalogString();
  }
}
