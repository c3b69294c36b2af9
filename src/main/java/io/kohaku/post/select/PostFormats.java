package io.kohaku.post.select;

import io.kohaku.files.NamedPath;
import io.kohaku.post.hakubooru.ParquetSource;
import io.kohaku.post.hakubooru.SqliteDatabase;
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
    List<FileStatus> files = PostFiles.of(settings.path(), hadoop);
    PostFormat format =
        settings.format() == PostFormat.RECOGNISE
            ? recognise(settings.path(), files, hadoop)
            : settings.format();
    return switch (format) {
      case SQLITE -> new SqliteSource(spark, settings, files);
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
    byte[] head = head(system, files.get(0));
    if (SqliteDatabase.startsLikeOne(head)) {
      return PostFormat.SQLITE;
    }
    if (head.length >= 4 && head[0] == 'P' && head[1] == 'A' && head[2] == 'R' && head[3] == '1') {
      throw new IOException(
          "Cannot read posts %s: name the folder that holds the tables %s, not one Parquet file"
              .formatted(path, String.join(", ", ParquetSource.TABLES)));
    }
    return PostFormat.JSON_LINES;
  }

  private static byte[] head(FileSystem system, FileStatus file) throws IOException {
    try (FSDataInputStream in = NamedPath.reading(system).open(file.getPath())) {
      return in.readNBytes(16);
    }
  }
}
