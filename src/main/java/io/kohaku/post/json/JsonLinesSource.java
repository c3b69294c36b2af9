package io.kohaku.post.json;

import io.kohaku.post.screen.DrawnIds;
import io.kohaku.post.screen.IdSet;
import io.kohaku.post.screen.PostSource;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.post.screen.Screening;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.binding.Portable;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.SerializableConfiguration;

/** Danbooru JSON, one post a line or in arrays, plain or packed. */
public final class JsonLinesSource implements PostSource {
  private final SparkSession spark;
  private final PostSettings settings;
  private final JavaRDD<TextSplit> splits;
  private final Broadcast<SerializableConfiguration> hadoop;

  public JsonLinesSource(SparkSession spark, PostSettings settings, List<FileStatus> files)
      throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration configuration = context.hadoopConfiguration();
    List<TextSplit> all = new ArrayList<>();
    for (FileStatus file : files) {
      all.addAll(TextSplit.of(file, settings.splitBytes(), configuration));
    }
    this.spark = spark;
    this.settings = settings;
    this.splits = context.parallelize(all, Math.max(all.size(), 1));
    this.hadoop = context.broadcast(new SerializableConfiguration(configuration));
  }

  @Override
  public IdSet ids() {
    Broadcast<SerializableConfiguration> configuration = hadoop;
    int maxLine = Math.toIntExact(settings.maxLineBytes());
    return splits
        .map(split -> ids(split, configuration.value().value(), maxLine))
        .fold(new IdSet(), IdSet::addAll);
  }

  @Override
  public Dataset<Row> screen(DrawnIds drawn) {
    Broadcast<SerializableConfiguration> configuration = hadoop;
    Portable<PostSettings> chosen = Portable.of(settings);
    JavaRDD<InternalRow> rows =
        splits.flatMap(
            split ->
                Screening.of(
                    new JsonRawPosts(split, chosen.value(), configuration.value().value()),
                    drawn,
                    chosen.value()));
    return InternalRows.table(spark, rows, ScreenedTable.schema());
  }

  private static IdSet ids(TextSplit split, Configuration hadoop, int maxLine) throws IOException {
    IdSet ids = new IdSet();
    try (JsonTexts lines = split.open(hadoop, maxLine)) {
      while (lines.next()) {
        long id = JsonPost.id(lines.buffer(), lines.start(), lines.length());
        if (id >= 0) {
          ids.add(id);
        }
      }
    } catch (IOException e) {
      throw new IOException("Cannot read " + split.path() + ": " + e.getMessage(), e);
    }
    return ids;
  }
}
