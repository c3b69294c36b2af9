package io.kohaku.latent;

import io.kohaku.image.ImageSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Latents from and to the {@code .npz} files that sd-scripts keeps beside its images. */
public final class NpzStage {
  private final EncodePlan plan;

  /** A stage with this plan; of the model it needs nothing. */
  public NpzStage(EncodePlan plan) {
    this.plan = plan;
  }

  /**
   * An {@link EncodedTable} of the {@code <id>.npz} and {@code <id>_<size>_sdxl.npz} files in a
   * folder, whose latents are copied into the store.
   */
  public Dataset<Row> imported(SparkSession spark, String folder) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    List<List<WantedImage>> chunks = chunks(new Path(folder), hadoop);
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(chunks, Math.max(1, chunks.size()))
            .flatMap(new NpzImportPartition(plan, new SerializableConfiguration(hadoop)));
    return spark.createDataFrame(rows, EncodedTable.SCHEMA);
  }

  /**
   * Writes one {@code <id>.npz} for each row of a {@link LatentTable} into a folder.
   *
   * @return the rows, whose files are written when an action runs
   */
  public Dataset<Row> exported(Dataset<Row> latents, String folder) {
    SparkSession spark = latents.sparkSession();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    JavaRDD<Row> rows =
        LatentTable.encoded(latents)
            .javaRDD()
            .mapPartitions(
                new NpzExportPartition(plan, folder, new SerializableConfiguration(hadoop)));
    return spark.createDataFrame(rows, EncodedTable.SCHEMA);
  }

  private List<List<WantedImage>> chunks(Path folder, Configuration hadoop) throws IOException {
    List<WantedImage> files = new ArrayList<>();
    RemoteIterator<FileStatus> entries = folder.getFileSystem(hadoop).listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus file = entries.next();
      long id = NpzImport.id(file.getPath().getName());
      if (file.isFile() && id >= 0) {
        files.add(new WantedImage(id, ImageSource.wholeFile(file), null));
      }
    }
    files.sort(Comparator.comparingLong(WantedImage::id));
    List<List<WantedImage>> chunks = new ArrayList<>();
    int size = plan.latents().chunkSize();
    for (int from = 0; from < files.size(); from += size) {
      chunks.add(new ArrayList<>(files.subList(from, Math.min(from + size, files.size()))));
    }
    return chunks;
  }

  /** A name that no other attempt of any task has. */
  static String attempt() {
    TaskContext task = TaskContext.get();
    return task.stageId() + "-" + task.taskAttemptId() + "-" + System.nanoTime();
  }
}
