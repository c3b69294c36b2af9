package io.kohaku.train.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.kohaku.caption.CaptionTable;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.ownership.Closer;
import io.kohaku.random.Purpose;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Lays captions beside latents, in the order of the latents' rows: the table that training reads.
 *
 * <p>A new caption recipe costs this step and nothing more. Latents whose post has no caption any
 * more are left out.
 */
public final class PreparationStage {
  /** Sub-folder of the prepared images that are held out. */
  public static final String HELD_OUT = "held-out";

  /** Sub-folder of the prepared images to train on. */
  public static final String TRAINING = "training";

  /** What the files hold of an image; files of another layout have to be written again. */
  public static final String LAYOUT = PreparedEntry.LAYOUT;

  private static final String SPLIT = "split";

  private PreparationStage() {}

  /**
   * What was prepared.
   *
   * @param images to train on
   * @param heldOut images held out
   * @param withoutCaption latents left out because their post has no caption
   */
  public record Counts(long images, long heldOut, long withoutCaption) implements Serializable {}

  /**
   * Writes the prepared set into a new folder.
   *
   * @param heldOut how many images to hold out, chosen by a hash of purpose, seed and id
   */
  public static Counts run(
      Dataset<Row> latents, Dataset<Row> captions, Path folder, int heldOut, long seed) {
    Dataset<Row> all = all(latents, captions);
    SerializableConfiguration hadoop =
        new SerializableConfiguration(latents.sparkSession().sparkContext().hadoopConfiguration());
    String target = folder.toString();
    split(all, heldOut, seed)
        .repartition(col(SPLIT), col(EncodedTable.BUCKET))
        .sortWithinPartitions(SPLIT, EncodedTable.BUCKET, LatentTable.ROW)
        .toJavaRDD()
        .foreachPartition(rows -> write(rows, hadoop, target));
    long total = all.count();
    long held = Math.min(heldOut, total);
    return new Counts(total - held, held, latents.count() - total);
  }

  /** What the prepared set tells a run: all of it but where in the store the latents lie. */
  public static Dataset<Row> told(
      Dataset<Row> latents, Dataset<Row> captions, int heldOut, long seed) {
    return split(all(latents, captions), heldOut, seed)
        .drop(LatentColumn.FILE.column(), LatentColumn.POSITION.column());
  }

  private static Dataset<Row> all(Dataset<Row> latents, Dataset<Row> captions) {
    return LatentTable.training(latents)
        .join(
            captions.select(CaptionTable.ID, CaptionTable.FIXED, CaptionTable.FLEXIBLE),
            EncodedTable.ID);
  }

  private static Dataset<Row> split(Dataset<Row> all, int heldOut, long seed) {
    Column chance = xxhash64(lit(Purpose.HELD_OUT.number()), lit(seed), col(EncodedTable.ID));
    Dataset<Row> chosen =
        all.orderBy(chance, col(EncodedTable.ID))
            .limit(heldOut)
            .select(col(EncodedTable.ID), lit(HELD_OUT).as(SPLIT));
    return all.join(functions.broadcast(chosen), new String[] {EncodedTable.ID}, "left_outer")
        .withColumn(SPLIT, functions.coalesce(col(SPLIT), lit(TRAINING)));
  }

  private static void write(Iterator<Row> rows, SerializableConfiguration hadoop, String folder)
      throws IOException {
    PreparedWriter writer = null;
    String open = "";
    try (Closer opened = new Closer()) {
      while (rows.hasNext()) {
        Row row = rows.next();
        String split = row.getAs(SPLIT);
        String bucket = row.getAs(EncodedTable.BUCKET);
        if (!open.equals(split + bucket)) {
          finish(writer);
          writer = opened.add(new PreparedWriter(hadoop.value(), new Path(folder, split), bucket));
          open = split + bucket;
        }
        writer.write(prepared(row));
      }
      finish(writer);
    }
  }

  private static PreparedRow prepared(Row row) {
    LatentColumn.Values latent = EncodedTable.values(row);
    return new PreparedRow(
        row.getAs(EncodedTable.ID),
        LatentColumn.place(latent),
        LatentColumn.format(latent),
        LatentColumn.sizes(latent),
        row.getList(row.fieldIndex(CaptionTable.FIXED)),
        row.getList(row.fieldIndex(CaptionTable.FLEXIBLE)));
  }

  private static void finish(PreparedWriter writer) throws IOException {
    if (writer != null) {
      writer.finish();
    }
  }
}
