package io.kohaku.rows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Tables as Parquet files. */
public final class TableFiles {
  private static final String ROWS = "rows";

  private TableFiles() {}

  /**
   * Writes a table and counts its rows on the way.
   *
   * @param partitioning columns whose values become folder names
   * @return how many rows were written
   */
  public static long write(Dataset<Row> table, Path folder, String... partitioning) {
    Observation observation = new Observation();
    Column rows = functions.count(functions.lit(1)).as(ROWS);
    table
        .observe(observation, rows)
        .write()
        .mode(SaveMode.ErrorIfExists)
        .partitionBy(partitioning)
        .parquet(folder.toString());
    try {
      return (Long) observation.getAsJava().get(ROWS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot write " + folder + ": interrupted", e);
    }
  }

  /** Reads a table; the folder's name is no pattern, whatever letters are in it. */
  public static Dataset<Row> read(SparkSession spark, Path folder) {
    return reader(spark).parquet(folder.toString());
  }

  /** Some files of a table, with the columns that names of folders between give. */
  public static Dataset<Row> readSome(SparkSession spark, Path folder, List<Path> files) {
    return reader(spark)
        .option("basePath", folder.toString())
        .parquet(files.stream().map(Path::toString).toArray(String[]::new));
  }

  /** The same as of a whole folder with columns that are known beforehand. */
  public static Dataset<Row> read(SparkSession spark, Path folder, StructType schema) {
    return reader(spark).schema(schema).parquet(folder.toString());
  }

  /** The lines of the text files of a folder, likewise. */
  public static Dataset<String> lines(SparkSession spark, Path folder) {
    return reader(spark).textFile(folder.toString());
  }

  private static DataFrameReader reader(SparkSession spark) {
    return spark.read().option(DataSource.GLOB_PATHS_KEY(), false);
  }

  /** How often each value of a text column occurs. */
  public static Map<String, Long> countBy(Dataset<Row> table, String column) {
    Map<String, Long> counts = new HashMap<>();
    for (Row row : table.groupBy(column).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }
}
