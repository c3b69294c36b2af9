package io.kohaku.post.hakubooru;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.kohaku.rows.TableFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A table whose files may keep a column in different types, or lack some that can be done without.
 *
 * @param pieces the rows of all files that keep the columns alike; one piece in most cases
 */
record ParquetTable(List<Dataset<Row>> pieces) {
  /**
   * Opens all files of a table.
   *
   * @param optional columns that not every file must have
   * @throws io.kohaku.input.UnusableFileException {@code Missing column} if a file lacks a required
   *     one
   */
  static ParquetTable open(
      SparkSession spark, Path table, List<String> required, List<String> optional)
      throws IOException {
    FileSystem system = table.getFileSystem(spark.sparkContext().hadoopConfiguration());
    List<String> columns = Stream.concat(required.stream(), optional.stream()).toList();
    Map<SortedMap<String, String>, List<Path>> alike = new LinkedHashMap<>();
    for (ParquetFooter footer : ParquetFiles.of(table, system)) {
      alike.computeIfAbsent(footer.types(columns), key -> new ArrayList<>()).add(footer.file());
    }
    List<Dataset<Row>> pieces = new ArrayList<>();
    for (List<Path> files : alike.values()) {
      boolean all = alike.size() == 1;
      Path named = all ? table : files.get(0);
      Dataset<Row> piece =
          ParquetFiles.open(
              named,
              () -> all ? TableFiles.read(spark, table) : TableFiles.readSome(spark, table, files));
      HakuBooruPost.requireColumns(required, Arrays.asList(piece.columns()), "table " + named);
      pieces.add(piece);
    }
    return new ParquetTable(pieces);
  }

  /** All columns that any file has. */
  Collection<String> columns() {
    return pieces.stream().flatMap(piece -> Stream.of(piece.columns())).distinct().toList();
  }

  /** Columns of ids as whole numbers. */
  Dataset<Row> numbers(String... names) {
    return united(
        piece ->
            piece.select(
                Stream.of(names)
                    .map(name -> WholeColumns.of(piece, name).as(name))
                    .toArray(Column[]::new)));
  }

  /** Ids as whole numbers, with other columns as they are kept, or as texts if kept differently. */
  Dataset<Row> numbered(String id, String... others) {
    UDF1<Object, String> written =
        value -> {
          UTF8String text = DatabaseValues.text(value, null);
          return text == null ? null : text.toString();
        };
    return united(
        piece ->
            piece.select(
                Stream.concat(
                        Stream.of(WholeColumns.of(piece, id).as(id)),
                        Stream.of(others)
                            .map(
                                name ->
                                    pieces.size() == 1
                                        ? col(name)
                                        : udf(written, DataTypes.StringType)
                                            .apply(col(name))
                                            .as(name)))
                    .toArray(Column[]::new)));
  }

  /**
   * Columns of all files in a form that {@link #flat} understands, with an id as a whole number
   * under another name.
   *
   * @param last columns that every piece keeps alike
   */
  Dataset<Row> keyed(String id, String key, List<String> columns, List<String> last) {
    if (pieces.size() == 1) {
      Dataset<Row> piece = pieces.get(0);
      Stream<Column> chosen = Stream.concat(columns.stream(), last.stream()).map(piece::col);
      Column number = WholeColumns.of(piece, id).as(key);
      return piece.select(Stream.concat(chosen, Stream.of(number)).toArray(Column[]::new));
    }
    List<DataType> types =
        pieces.stream()
            .map(piece -> piece.select(packed(piece, columns)).schema().apply(0).dataType())
            .toList();
    return IntStream.range(0, pieces.size())
        .mapToObj(
            index -> {
              Dataset<Row> piece = pieces.get(index);
              Stream<Column> packed =
                  IntStream.range(0, types.size())
                      .mapToObj(
                          i ->
                              (i == index ? packed(piece, columns) : lit(null).cast(types.get(i)))
                                  .as("piece" + i));
              return piece.select(
                  Stream.of(
                          packed,
                          last.stream().map(piece::col),
                          Stream.of(WholeColumns.of(piece, id).as(key)))
                      .flatMap(Function.identity())
                      .toArray(Column[]::new));
            })
        .reduce(Dataset::union)
        .orElseThrow();
  }

  private static Column packed(Dataset<Row> piece, List<String> columns) {
    List<String> present = Arrays.asList(piece.columns());
    return struct(
        columns.stream()
            .map(
                name ->
                    present.contains(name)
                        ? piece.col(name).as(name)
                        : lit(null).cast(DataTypes.StringType).as(name))
            .toArray(Column[]::new));
  }

  /** Turns a row of {@link #keyed} and what was joined to it into the columns asked for. */
  static Row flat(Row row, int pieces, int columns) {
    if (pieces == 1) {
      return row;
    }
    int piece = 0;
    while (row.isNullAt(piece)) {
      piece++;
    }
    Row packed = row.getStruct(piece);
    Object[] values = new Object[columns + row.size() - pieces];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < columns ? packed.get(i) : row.get(pieces + i - columns);
    }
    return RowFactory.create(values);
  }

  private Dataset<Row> united(Function<Dataset<Row>, Dataset<Row>> selection) {
    return pieces.stream().map(selection).reduce(Dataset::union).orElseThrow();
  }
}
