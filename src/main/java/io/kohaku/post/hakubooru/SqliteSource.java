package io.kohaku.post.hakubooru;

import io.kohaku.post.screen.DrawnIds;
import io.kohaku.post.screen.IdSet;
import io.kohaku.post.screen.PostSource;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.post.screen.Screening;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.binding.Portable;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** HakuBooru's SQLite database; each task reads a range of ids through its own connection. */
public final class SqliteSource implements PostSource {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final PostSettings settings;
  private final SqliteDatabase database;
  private final JavaRDD<SqliteRawPosts.Range> ranges;

  public SqliteSource(SparkSession spark, PostSettings settings, List<FileStatus> files)
      throws IOException {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.settings = settings;
    this.database = new SqliteDatabase(file(files));
    String where = "table %s of " + database.path();
    List<String> columns = HakuBooruPost.columns(database.columns("post"), where.formatted("post"));
    HakuBooruPost.requireColumns(
        List.of("id", "name", "type"), database.columns("tag"), where.formatted("tag"));
    HakuBooruPost.requireColumns(
        List.of("id", "post_id", "tag_id"),
        database.columns("posttagrelation"),
        where.formatted("posttagrelation"));
    List<SqliteRawPosts.Range> all = cut(columns);
    this.ranges = context.parallelize(all, all.size());
  }

  @Override
  public IdSet ids() {
    return ranges
        .map(range -> range.database().ids(range.first(), range.last()))
        .reduce(IdSet::addAll);
  }

  @Override
  public Dataset<Row> screen(DrawnIds drawn) {
    Broadcast<TagNames> tagNames = context.broadcast(tagNames());
    Portable<PostSettings> chosen = Portable.of(settings);
    JavaRDD<InternalRow> rows =
        ranges.flatMap(
            range ->
                Screening.of(
                    new SqliteRawPosts(
                        range, tagNames.value(), chosen.value().ratingLetters(), drawn::contains),
                    drawn,
                    chosen.value()));
    return InternalRows.table(spark, rows, ScreenedTable.schema());
  }

  private TagNames tagNames() {
    try {
      return database.tagNames();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private List<SqliteRawPosts.Range> cut(List<String> columns) throws IOException {
    long[] ends = database.idRange();
    if (ends.length == 0) {
      throw new IOException("Missing posts: table post of " + database.path() + " has no row");
    }
    List<SqliteRawPosts.Range> all = new ArrayList<>();
    for (long first = ends[0]; first <= ends[1]; first += settings.idsPerTask()) {
      long last = Math.min(first + settings.idsPerTask() - 1, ends[1]);
      all.add(new SqliteRawPosts.Range(database, first, last, columns));
    }
    return all;
  }

  private static String file(List<FileStatus> files) throws IOException {
    Path path = files.get(0).getPath();
    if (files.size() != 1 || !"file".equals(path.toUri().getScheme())) {
      throw new IOException(
          "Cannot read SQLite database %s: it must be one plain file that every executor sees"
              .formatted(files.stream().map(file -> file.getPath().toString()).toList()));
    }
    return path.toUri().getPath();
  }
}
