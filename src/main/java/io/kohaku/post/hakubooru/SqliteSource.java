package io.kohaku.post.hakubooru;

import io.kohaku.input.UnusableFileException;
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
import java.math.BigInteger;
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

/** HakuBooru's SQLite database; each task reads a range of rows through its own connection. */
public final class SqliteSource implements PostSource {
  private static final BigInteger MANY_TASKS = BigInteger.valueOf(1000);

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
    database.requireWhole();
    String where = "table %s of " + database.path();
    List<String> columns = HakuBooruPost.columns(database.columns("post"), where.formatted("post"));
    HakuBooruPost.requireColumns(
        List.of("id", "name", "type"), database.columns("tag"), where.formatted("tag"));
    HakuBooruPost.requireColumns(
        List.of("id", "post_id", "tag_id"),
        database.columns("posttagrelation"),
        where.formatted("posttagrelation"));
    List<SqliteRawPosts.Range> all = cut(columns);
    this.ranges = context.parallelize(all, Math.max(all.size(), 1));
  }

  @Override
  public IdSet ids() {
    return ranges.map(range -> range.database().ids(range.rows())).fold(new IdSet(), IdSet::addAll);
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

  /**
   * Ranges of as many numbers as a task may read, or of as many rows where numbers are far apart.
   */
  private List<SqliteRawPosts.Range> cut(List<String> columns) throws IOException {
    String order = database.ascending("posttagrelation", "r", "id");
    List<SqliteRawPosts.Range> all = new ArrayList<>();
    if (!database.numbersRows("post")) {
      all.add(new SqliteRawPosts.Range(database, "", 0, columns, order));
      return all;
    }
    long[] ends = database.rowRange();
    if (ends.length == 0) {
      if (!settings.allowEmpty()) {
        throw new UnusableFileException(
            "Missing posts: table post of " + database.path() + " has no row");
      }
      return all;
    }
    long perTask = settings.idsPerTask();
    BigInteger numbers = BigInteger.valueOf(ends[1]).subtract(BigInteger.valueOf(ends[0]));
    boolean dense = numbers.divide(BigInteger.valueOf(perTask)).compareTo(MANY_TASKS) < 0;
    long first = ends[0];
    while (true) {
      long width = first + perTask - 1;
      long last = dense ? width : database.lastOf(first, perTask).orElse(ends[1]);
      boolean end = last >= ends[1] || last < first;
      String rows =
          " where _rowid_ between %s and %s order by _rowid_"
              .formatted(first, end ? ends[1] : last);
      all.add(new SqliteRawPosts.Range(database, rows, first, columns, order));
      if (end) {
        return all;
      }
      first = last + 1;
    }
  }

  private static String file(List<FileStatus> files) {
    Path path = files.get(0).getPath();
    if (files.size() != 1 || !"file".equals(path.toUri().getScheme())) {
      throw new UnusableFileException(
          "Cannot read SQLite database %s: it must be one plain file that every executor sees"
              .formatted(files.stream().map(file -> file.getPath().toString()).toList()));
    }
    return path.toUri().getPath();
  }
}
