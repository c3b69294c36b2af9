package io.kohaku.latent.encode;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.kohaku.input.DamagedFileException;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.settings.LatentSettings.Verify;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads back what a table says of the store, before the table is published.
 *
 * <p>Of every file the footer and its last row group, and with it the first and the last of the
 * latents that the table names there; or all that it names. A quick look at a file of 2048 latents
 * reads 2 MiB of some 250.
 */
public final class ReadBack implements VoidFunction<Iterator<Row>> {
  private static final long serialVersionUID = 1L;
  private static final int TASKS_PER_CORE = 4;
  private static final String PLACE = "place";
  private static final String POSITION = LatentColumn.POSITION.column();
  private static final String SIZE = LatentColumn.SIZE.column();
  private static final String CHECKSUM = LatentColumn.CHECKSUM.column();

  private final String store;
  private final SerializableConfiguration hadoop;

  private ReadBack(String store, Configuration hadoop) {
    this.store = store;
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  /**
   * Reads as much as asked for.
   *
   * @param encoded an {@link EncodedTable}, as it was written
   * @param store folder of the latent files
   * @throws IOException naming the file if something cannot be read
   */
  public static void run(Dataset<Row> encoded, String store, Verify verify) throws IOException {
    SparkSession spark = encoded.sparkSession();
    Column file = col(EncodedTable.FILE);
    Column place = struct(col(POSITION), col(EncodedTable.ID), col(SIZE), col(CHECKSUM)).as(PLACE);
    Dataset<Row> named = encoded.where(col(EncodedTable.REASON).isNull()).select(file, place);
    if (verify == Verify.QUICK) {
      named =
          named
              .groupBy(file)
              .agg(array(min(col(PLACE)), max(col(PLACE))).as(PLACE))
              .select(file, explode(col(PLACE)).as(PLACE));
    }
    Dataset<Row> places =
        named
            .select(file, col(PLACE + ".*"))
            .repartition(TASKS_PER_CORE * spark.sparkContext().defaultParallelism(), file)
            .sortWithinPartitions(EncodedTable.FILE, POSITION);
    ReadBack tasks = new ReadBack(store, spark.sessionState().newHadoopConf());
    try {
      places.javaRDD().foreachPartition(tasks);
    } catch (Exception e) {
      throw failure(e);
    }
  }

  /** What a task said, in one line; Spark's own message has the task's whole trace in it. */
  private static IOException failure(Exception failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    String message = "Cannot publish latents: " + cause.getMessage();
    return cause instanceof DamagedFileException
        ? new DamagedFileException(message, failure)
        : new IOException(message, failure);
  }

  @Override
  public void call(Iterator<Row> rows) throws IOException {
    LatentStore latents = new LatentStore(hadoop.value(), store);
    String open = "";
    while (rows.hasNext()) {
      Row row = rows.next();
      String file = row.getAs(EncodedTable.FILE);
      if (!file.equals(open)) {
        latents.check(file);
        open = file;
      }
      latents.bytes(
          row.getAs(EncodedTable.ID),
          new LatentPlace(file, row.getAs(POSITION), row.getAs(SIZE), row.getAs(CHECKSUM)));
    }
  }
}
