package io.kohaku.post;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.kohaku.settings.DrawFrom;
import io.kohaku.settings.PostSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Both steps; the source is read anew at every use of the result. */
  public static Selection run(SparkSession spark, PostSettings settings) throws IOException {
    return split(screen(spark, settings), settings);
  }

  /** The {@link ScreenedTable} of the drawn posts. */
  public static Dataset<Row> screen(SparkSession spark, PostSettings settings) throws IOException {
    PostSource source = PostFormats.open(spark, settings);
    return source.screen(drawn(spark, source, settings));
  }

  /** All posts of the source that pass the filters, drawn or not; duplicates are not looked for. */
  public static Dataset<Row> valid(SparkSession spark, PostSettings settings) throws IOException {
    return posts(valid(PostFormats.open(spark, settings)));
  }

  /** Parts a screened table, which is read more than once. */
  public static Selection split(Dataset<Row> screened, PostSettings settings) {
    Dataset<Row> candidates = screened.where(outcome(ScreenedTable.POST));
    Duplicates ids = Duplicates.ofIds(candidates);
    Duplicates files =
        settings.filter().duplicateMd5()
            ? Duplicates.ofFiles(ids.first())
            : new Duplicates(ids.first(), candidates.limit(0));
    Dataset<Row> repeats = ids.repeats().unionByName(files.repeats());
    Dataset<Row> rejected = screened.where(outcome(ScreenedTable.REJECT)).unionByName(repeats);
    return new Selection(
        posts(files.first()),
        LineNumbers.resolve(rejected, screened.where(outcome(ScreenedTable.TALLY))),
        counts(screened, repeats));
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
                .treeReduce(IdSet::addAll);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return DrawnIds.of(context.broadcast(draw.of(all)));
  }

  private static Dataset<Row> valid(PostSource source) {
    return source.screen(DrawnIds.everything()).where(outcome(ScreenedTable.POST));
  }

  private static Dataset<Row> posts(Dataset<Row> screened) {
    return screened.select(
        PostTable.columns().stream().map(name -> col(name)).toArray(Column[]::new));
  }

  private static Column outcome(String outcome) {
    return col(ScreenedTable.OUTCOME).equalTo(outcome);
  }

  private static SelectionCounts counts(Dataset<Row> screened, Dataset<Row> repeats) {
    long read = 0;
    long notDrawn = 0;
    long selected = 0;
    Map<String, Long> rejected = new HashMap<>();
    List<Row> sums =
        screened
            .groupBy(ScreenedTable.OUTCOME, ScreenedTable.REASON)
            .agg(count(lit(1)), sum(ScreenedTable.READ), sum(ScreenedTable.NOT_DRAWN))
            .collectAsList();
    for (Row row : sums) {
      switch (row.getString(0)) {
        case ScreenedTable.POST -> selected = row.getLong(2);
        case ScreenedTable.REJECT -> rejected.put(row.getString(1), row.getLong(2));
        default -> {
          read = row.getLong(3);
          notDrawn = row.getLong(4);
        }
      }
    }
    for (Row row : repeats.groupBy(ScreenedTable.REASON).count().collectAsList()) {
      rejected.put(row.getString(0), row.getLong(1));
      selected -= row.getLong(1);
    }
    return new SelectionCounts(read, selected, notDrawn, rejected);
  }
}
