package io.kohaku.post;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What one look at a screened table tells: how many posts went which way, and whether ids repeat.
 */
final class ScreenedTally implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final List<String> COLUMNS =
      List.of(
          ScreenedTable.OUTCOME,
          ScreenedTable.REASON,
          PostTable.ID,
          ScreenedTable.READ,
          ScreenedTable.NOT_DRAWN);

  private final HashMap<String, Long> rejected = new HashMap<>();
  private final IdSet ids = new IdSet();
  private long read;
  private long notDrawn;
  private long posts;

  private ScreenedTally() {}

  /** Reads five columns of the table once. */
  static ScreenedTally of(Dataset<Row> screened) {
    return InternalRows.of(screened, COLUMNS)
        .mapPartitions(ScreenedTally::ofRows)
        .reduce(ScreenedTally::merge);
  }

  /** Whether an id stands in the table more than once. */
  boolean repeatsIds() {
    return ids.size() < posts;
  }

  /**
   * The counts of the selection.
   *
   * @param repeats how many of the posts go after all, by reason
   */
  SelectionCounts counts(Map<String, Long> repeats) {
    Map<String, Long> all = new HashMap<>(rejected);
    repeats.forEach((reason, count) -> all.merge(reason, count, Long::sum));
    long gone = repeats.values().stream().mapToLong(Long::longValue).sum();
    return new SelectionCounts(read, posts - gone, notDrawn, all);
  }

  private static Iterator<ScreenedTally> ofRows(Iterator<InternalRow> rows) {
    ScreenedTally tally = new ScreenedTally();
    rows.forEachRemaining(tally::add);
    return List.of(tally).iterator();
  }

  private void add(InternalRow row) {
    switch (row.getUTF8String(0).toString()) {
      case ScreenedTable.POST -> {
        posts++;
        ids.add(row.getLong(2));
      }
      case ScreenedTable.REJECT -> rejected.merge(row.getUTF8String(1).toString(), 1L, Long::sum);
      default -> {
        read += row.getLong(3);
        notDrawn += row.getLong(4);
      }
    }
  }

  private ScreenedTally merge(ScreenedTally other) {
    other.rejected.forEach((reason, count) -> rejected.merge(reason, count, Long::sum));
    ids.addAll(other.ids);
    read += other.read;
    notDrawn += other.notDrawn;
    posts += other.posts;
    return this;
  }
}
