package io.kohaku.post;

import io.kohaku.settings.PostFormat;
import io.kohaku.settings.PostSettings;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;

/** Tells the format of a source and opens it. */
final class PostFormats {
  private PostFormats() {}

  /** The source that the settings name. */
  static PostSource open(SparkSession spark, PostSettings settings) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files = SourceFiles.of(settings.path(), hadoop);
    if (settings.format() != PostFormat.JSON_LINES && settings.format() != PostFormat.RECOGNISE) {
      throw new IOException("Unknown format: " + settings.format());
    }
    return new JsonLinesSource(spark, settings, files);
  }
}
