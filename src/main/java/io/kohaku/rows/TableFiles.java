package io.kohaku.rows;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;

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

  /** How often each value of a text column occurs. */
  public static Map<String, Long> countBy(Dataset<Row> table, String column) {
    Map<String, Long> counts = new HashMap<>();
    for (Row row : table.groupBy(column).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }
}
