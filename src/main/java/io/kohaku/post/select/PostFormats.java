package io.kohaku.post.select;

import io.kohaku.files.NamedPath;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.hakubooru.ParquetSource;
import io.kohaku.post.hakubooru.SqliteSource;
import io.kohaku.post.json.JsonLinesSource;
import io.kohaku.post.screen.PostSource;
import io.kohaku.settings.posts.PostFormat;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Tells the format of a source and opens it. */
final class PostFormats {
  private PostFormats() {}

  /** The source that the settings name. */
  static PostSource open(SparkSession spark, PostSettings settings) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files = PostFiles.of(settings.path(), settings.allowEmpty(), hadoop);
    PostFormat format =
        settings.format() == PostFormat.RECOGNISE
            ? recognise(settings.path(), files, hadoop)
            : settings.format();
    return switch (format) {
      case SQLITE -> {
        requireDatabase(files.get(0), hadoop);
        yield new SqliteSource(spark, settings, files);
      }
      case PARQUET -> new ParquetSource(spark, settings);
      default -> new JsonLinesSource(spark, settings, files);
    };
  }

  private static PostFormat recognise(String path, List<FileStatus> files, Configuration hadoop)
      throws IOException {
    Path source = NamedPath.of(path);
    FileSystem system = source.getFileSystem(hadoop);
    boolean folder = system.exists(source) && system.getFileStatus(source).isDirectory();
    if (folder && ParquetSource.child(system, source, "post").isPresent()) {
      return PostFormat.PARQUET;
    }
    Appearance seen = files.isEmpty() ? Appearance.EMPTY : appearance(files.get(0), hadoop);
    if (seen == Appearance.SQLITE) {
      return PostFormat.SQLITE;
    }
    if (seen == Appearance.PARQUET) {
      throw new UnusableFileException(
          "Cannot read posts %s: name the folder that holds the tables %s, not one Parquet file"
              .formatted(path, String.join(", ", ParquetSource.TABLES)));
    }
    return PostFormat.JSON_LINES;
  }

  private static void requireDatabase(FileStatus file, Configuration hadoop) throws IOException {
    Appearance seen = appearance(file, hadoop);
    if (seen != Appearance.SQLITE) {
      throw UnusableFileException.of(file.getPath(), "a SQLite database", seen);
    }
  }

  private static Appearance appearance(FileStatus file, Configuration hadoop) throws IOException {
    try (FSDataInputStream in = NamedPath.open(file.getPath(), hadoop)) {
      return Appearance.of(in);
    }
  }
}
