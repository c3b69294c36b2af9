package io.kohaku.post.hakubooru;

import io.kohaku.files.FilesBelow;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the files of a table before Spark does, which names neither file nor fault. */
final class ParquetFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ParquetFiles.class);

  private ParquetFiles() {}

  /**
   * The files of a table that Spark reads, by path: those in it, or in folders of it that are
   * called {@code column=value}.
   *
   * @throws UnusableFileException unless all files are Parquet, whole to their last bytes
   */
  static List<ParquetFooter> of(Path table, FileSystem system) throws IOException {
    List<ParquetFooter> direct = new ArrayList<>();
    List<ParquetFooter> partitioned = new ArrayList<>();
    List<ParquetFooter> deeper = new ArrayList<>();
    String root = system.makeQualified(table).toUri().getPath();
    List<FileStatus> files = FilesBelow.of(system, table);
    files.sort(Comparator.comparing(FileStatus::getPath));
    for (FileStatus file : files) {
      String name = file.getPath().getName();
      // Names that Spark passes over.
      if (!name.startsWith("_") && !name.startsWith(".")) {
        String folder = file.getPath().getParent().toUri().getPath();
        boolean inside = folder.length() > root.length();
        boolean named = inside && folder.substring(root.length()).contains("=");
        (named ? partitioned : inside ? deeper : direct).add(ParquetFooter.of(file, system));
      }
    }
    List<ParquetFooter> read = partitioned.isEmpty() ? direct : partitioned;
    if (read.isEmpty()) {
      throw missing(table, deeper);
    }
    int leftAside = direct.size() + partitioned.size() + deeper.size() - read.size();
    if (leftAside > 0) {
      LOG.warn("Left aside {} Parquet files in folders of {}", leftAside, table);
    }
    return read;
  }

  private static UnusableFileException missing(Path table, List<ParquetFooter> deeper) {
    return new UnusableFileException(
        "Missing table: %s (%s)"
            .formatted(
                table,
                deeper.isEmpty()
                    ? "the folder holds no file"
                    : "no file lies in the folder itself: move %s and its like there"
                        .formatted(deeper.get(0).file())));
  }

  /** Opens a table; where Spark finds no columns that it knows, the file is at fault. */
  static Dataset<Row> open(Path table, Callable<Dataset<Row>> opening) throws IOException {
    try {
      return opening.call();
    } catch (Exception e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof AnalysisException fault) {
          throw new UnusableFileException(
              "Cannot read %s as a Parquet table: %s (write it with types that Spark has)"
                  .formatted(table, fault.getMessage().lines().findFirst().orElse("")),
              e);
        }
      }
      throw new IOException("Cannot read Parquet table " + table + ": " + e.getMessage(), e);
    }
  }
}
