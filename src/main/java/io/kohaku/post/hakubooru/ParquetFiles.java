package io.kohaku.post.hakubooru;

import io.kohaku.files.FilesBelow;
import io.kohaku.files.NamedPath;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at the files of a table before Spark does, which names neither file nor fault. */
final class ParquetFiles {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private ParquetFiles() {}

  /** Fails unless all files of a table are Parquet, whole to their last bytes. */
  static void require(Path table, FileSystem system) throws IOException {
    int seen = 0;
    for (FileStatus file : FilesBelow.of(system, table)) {
      String name = file.getPath().getName();
      // Names that Spark passes over.
      if (!name.startsWith("_") && !name.startsWith(".")) {
        require(file, system);
        seen++;
      }
    }
    if (seen == 0) {
      throw new UnusableFileException("Missing table: " + table + " (the folder holds no file)");
    }
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

  private static void require(FileStatus file, FileSystem system) throws IOException {
    try (FSDataInputStream in = NamedPath.reading(system).open(file.getPath())) {
      Appearance seen = Appearance.of(in);
      if (seen != Appearance.PARQUET) {
        throw UnusableFileException.of(file.getPath(), "a Parquet table", seen);
      }
      in.seek(file.getLen() - MAGIC.length);
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new UnusableFileException(
            "Cannot read %s as a Parquet table: its end is missing (fetch it again)"
                .formatted(file.getPath()));
      }
    }
    requireFooter(file, system);
  }

  /** Parquet throws all kinds of exceptions at a footer that is none. */
  private static void requireFooter(FileStatus file, FileSystem system) throws IOException {
    try {
      ParquetFileReader.open(
              HadoopInputFile.fromStatus(file, system.getConf()),
              ParquetReadOptions.builder().build())
          .close();
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException && !String.valueOf(e.getMessage()).startsWith("can not read")) {
        throw e;
      }
      throw new UnusableFileException(
          "Cannot read %s as a Parquet table: its footer is damaged (fetch it again)"
              .formatted(file.getPath()),
          e);
    }
  }
}
