package io.kohaku.post.select;

import io.kohaku.post.PostTable;
import io.kohaku.post.screen.IdSet;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.rows.InternalRows;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * What one look at a screened table tells: how many posts went which way, and whether ids or files
 * repeat.
 *
 * <p>Counts and ids are small and come to the driver. The hashes of files are not, so each task
 * hands them on to others by their value, and only what those find comes back.
 */
final class ScreenedCounts implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final List<String> COLUMNS =
      List.of(
          ScreenedTable.OUTCOME,
          ScreenedTable.REASON,
          PostTable.ID,
          PostTable.MD5,
          ScreenedTable.READ,
          ScreenedTable.NOT_DRAWN);

  private final HashMap<String, Long> rejected = new HashMap<>();
  private final IdSet ids = new IdSet();
  private final FileHashes files = new FileHashes();
  private boolean repeatsFiles;
  private long read;
  private long notDrawn;
  private long posts;

  private ScreenedCounts() {}

  /** Reads six columns of the table once. */
  static ScreenedCounts of(Dataset<Row> screened) {
    JavaRDD<InternalRow> rows = InternalRows.of(screened, COLUMNS);
    int parts = Math.max(rows.getNumPartitions(), 1);
    return rows.mapPartitionsToPair(part -> shares(part, parts))
        .partitionBy(new HashPartitioner(parts))
        .values()
        .mapPartitions(shares -> List.of(ofShares(shares)).iterator())
        .fold(new ScreenedCounts(), ScreenedCounts::merge);
  }

  /** Whether an id stands in the table more than once. */
  boolean repeatsIds() {
    return ids.size() < posts;
  }

  /** Whether two posts may have the same file. */
  boolean repeatsFiles() {
    return repeatsFiles;
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

  /** One count a part, with the hashes that belong there; the first has all else. */
  private static Iterator<Tuple2<Integer, ScreenedCounts>> shares(
      Iterator<InternalRow> rows, int parts) {
    List<Tuple2<Integer, ScreenedCounts>> shares = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      shares.add(new Tuple2<>(i, new ScreenedCounts()));
    }
    ScreenedCounts first = shares.get(0)._2();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      if (first.add(row) && !row.isNullAt(3)) {
        long hash = FileHashes.of(row.getUTF8String(3));
        shares.get((int) Long.remainderUnsigned(hash, parts))._2().files.add(hash);
      }
    }
    return shares.iterator();
  }

  /** All with the hashes of one part, and none of them any more. */
  private static ScreenedCounts ofShares(Iterator<ScreenedCounts> shares) {
    ScreenedCounts all = new ScreenedCounts();
    FileHashes files = new FileHashes();
    while (shares.hasNext()) {
      ScreenedCounts share = shares.next();
      files.addAll(share.files);
      all.merge(share);
    }
    all.repeatsFiles = files.repeat();
    return all;
  }

  /** Counts a row; true if it is a post. */
  private boolean add(InternalRow row) {
    switch (row.getUTF8String(0).toString()) {
      case ScreenedTable.POST -> {
        posts++;
        ids.add(row.getLong(2));
        return true;
      }
      case ScreenedTable.REJECT -> rejected.merge(row.getUTF8String(1).toString(), 1L, Long::sum);
      default -> {
        read += row.getLong(4);
        notDrawn += row.getLong(5);
      }
    }
    return false;
  }

  /** Adds all but the hashes. */
  private ScreenedCounts merge(ScreenedCounts other) {
    other.rejected.forEach((reason, count) -> rejected.merge(reason, count, Long::sum));
    ids.addAll(other.ids);
    repeatsFiles |= other.repeatsFiles;
    read += other.read;
    notDrawn += other.notDrawn;
    posts += other.posts;
    return this;
  }
}
