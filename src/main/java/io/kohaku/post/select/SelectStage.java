package io.kohaku.post.select;

import static org.apache.spark.sql.functions.col;

import io.kohaku.input.UnusableFileException;
import io.kohaku.post.PostTable;
import io.kohaku.post.Reason;
import io.kohaku.post.RejectTable;
import io.kohaku.post.hakubooru.DamagedParquet;
import io.kohaku.post.screen.DrawnIds;
import io.kohaku.post.screen.IdSet;
import io.kohaku.post.screen.PostSource;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.rows.InternalRows;
import io.kohaku.rows.TableColumns;
import io.kohaku.settings.posts.DrawFrom;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * From a source of posts to {@link PostTable} and {@link RejectTable}.
 *
 * <p>{@link #screen} reads the source, {@link #split} parts what it gave. A job writes the screened
 * table between the two, partitioned by outcome, so that the source is parsed once.
 */
public final class SelectStage {
  private SelectStage() {}

  /** The {@link ScreenedTable} of the drawn posts. */
  public static Dataset<Row> screen(SparkSession spark, PostSettings settings) throws IOException {
    PostSource source = PostFormats.open(spark, settings);
    return source.screen(drawn(spark, source, settings));
  }

  /** All posts of the source that pass the filters, drawn or not; duplicates are not looked for. */
  public static Dataset<Row> valid(SparkSession spark, PostSettings settings) throws IOException {
    return posts(valid(PostFormats.open(spark, settings)));
  }

  /**
   * Runs what reads a source.
   *
   * @throws io.kohaku.input.UnusableFileException if a file of the source turns out to be damaged
   */
  public static <T> T reading(Reading<T> source) throws IOException {
    try {
      return source.result();
    } catch (Exception e) {
      Optional<UnusableFileException> damaged = DamagedParquet.in(e);
      if (damaged.isPresent()) {
        throw damaged.get();
      }
      throw e;
    }
  }

  /** Something that reads a source, now and not when its result is used. */
  public interface Reading<T> {
    T result() throws IOException;
  }

  /** Parts a screened table, which is read more than once. */
  public static Selection split(Dataset<Row> screened, PostSettings settings) {
    ScreenedCounts screenedCounts = ScreenedCounts.of(screened);
    Dataset<Row> posts = screened.where(outcome(ScreenedTable.POST));
    Dataset<Row> rejected = screened.where(outcome(ScreenedTable.REJECT));
    Map<String, Long> repeats = new HashMap<>();
    if (screenedCounts.repeatsIds()) {
      Duplicates ids = Duplicates.ofIds(posts);
      posts = ids.first();
      rejected = rejected.unionByName(ids.repeats());
      repeats.put(Reason.DUPLICATE_ID.key(), ids.repeats().count());
    }
    if (settings.filter().duplicateMd5() && screenedCounts.repeatsFiles()) {
      Duplicates files = Duplicates.ofFiles(posts);
      posts = files.first();
      rejected = rejected.unionByName(files.repeats());
      repeats.put(Reason.DUPLICATE_MD5.key(), files.repeats().count());
    }
    return new Selection(
        posts(posts),
        LineNumbers.resolve(rejected, screened.where(outcome(ScreenedTable.COUNTS))),
        screenedCounts.counts(repeats));
  }

  private static DrawnIds drawn(SparkSession spark, PostSource source, PostSettings settings) {
    Draw draw = new Draw(settings);
    if (!draw.needsIds()) {
      return DrawnIds.allOf(settings.bands());
    }
    IdSet all =
        settings.drawFrom() == DrawFrom.ALL
            ? source.ids()
            : InternalRows.of(valid(source), List.of(PostTable.ID))
                .mapPartitions(IdSet::ofFirstColumn)
                .reduce(IdSet::addAll);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return DrawnIds.of(context.broadcast(draw.of(all)));
  }

  private static Dataset<Row> valid(PostSource source) {
    return source.screen(DrawnIds.everything()).where(outcome(ScreenedTable.POST));
  }

  /** Of posts, perhaps with what else a screened table says of them, the {@link PostTable}. */
  public static Dataset<Row> posts(Dataset<Row> screened) {
    return TableColumns.select(screened, PostTable.schema().fieldNames());
  }

  private static Column outcome(String outcome) {
    return col(ScreenedTable.OUTCOME).equalTo(outcome);
  }
}
