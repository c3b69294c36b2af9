package io.kohaku.post.screen;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.kohaku.post.Post;
import io.kohaku.post.PostTable;
import io.kohaku.post.Reject;
import io.kohaku.rows.InternalRows;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What one reading of a source gives: its posts, its rejects and the counts of each split, told
 * apart by {@code outcome}, so that one pass can write them all.
 */
public final class ScreenedTable {
  /** One of {@link #POST}, {@link #REJECT}, {@link #COUNTS}; a good column to partition by. */
  public static final String OUTCOME = "outcome";

  /** An outcome: the columns of {@link PostTable} are filled. */
  public static final String POST = "post";

  /** An outcome: id, reason and detail are filled. */
  public static final String REJECT = "reject";

  /** An outcome: read, not_drawn and lines are filled. */
  public static final String COUNTS = "counts";

  /** The file or table that the row comes from. */
  public static final String ORIGIN = "origin";

  /** Where the split starts in its origin, in bytes; of a database, how the rows follow. */
  public static final String SPLIT = "split";

  /** The line within the split, from 1; null if the origin has no lines. */
  public static final String LINE = "line";

  public static final String REASON = "reason";
  public static final String DETAIL = "detail";

  /** How many posts the split holds. */
  public static final String READ = "read";

  /** How many of them were not drawn. */
  public static final String NOT_DRAWN = "not_drawn";

  /** How many lines the split holds, blank ones included. */
  public static final String LINES = "lines";

  private static final int POST_COLUMNS = PostTable.schema().size();
  private static final UTF8String POST_TEXT = UTF8String.fromString(POST);
  private static final UTF8String REJECT_TEXT = UTF8String.fromString(REJECT);
  private static final UTF8String COUNTS_TEXT = UTF8String.fromString(COUNTS);
  private static final int COLUMNS = schema().size();

  private ScreenedTable() {}

  /** The columns: those of posts, then the rest. */
  public static StructType schema() {
    StructType schema = new StructType();
    for (var field : PostTable.schema().fields()) {
      schema = schema.add(field.name(), field.dataType());
    }
    return schema
        .add(OUTCOME, StringType, false)
        .add(ORIGIN, StringType)
        .add(SPLIT, LongType)
        .add(LINE, LongType)
        .add(REASON, StringType)
        .add(DETAIL, StringType)
        .add(READ, LongType)
        .add(NOT_DRAWN, LongType)
        .add(LINES, LongType);
  }

  static InternalRow post(Post post, Place place) {
    Object[] values = Arrays.copyOf(PostTable.values(post), COLUMNS);
    place.put(values, POST_TEXT);
    return InternalRows.of(values);
  }

  static InternalRow reject(Long id, Reject reject, Place place) {
    Object[] values = new Object[COLUMNS];
    values[0] = id;
    place.put(values, REJECT_TEXT);
    values[POST_COLUMNS + 4] = UTF8String.fromString(reject.reason().key());
    values[POST_COLUMNS + 5] = UTF8String.fromString(reject.detail());
    return InternalRows.of(values);
  }

  static InternalRow counts(long read, long notDrawn, Place place) {
    Object[] values = new Object[COLUMNS];
    place.put(values, COUNTS_TEXT);
    values[POST_COLUMNS + 3] = null;
    values[POST_COLUMNS + 6] = read;
    values[POST_COLUMNS + 7] = notDrawn;
    values[POST_COLUMNS + 8] = place.line();
    return InternalRows.of(values);
  }

  /**
   * Where a row stands.
   *
   * @param origin file or table
   * @param split start of the split in its origin, or where the row of a database stands in it
   * @param line line within the split, or null
   */
  public record Place(UTF8String origin, long split, Long line) {
    private void put(Object[] values, UTF8String outcome) {
      values[POST_COLUMNS] = outcome;
      values[POST_COLUMNS + 1] = origin;
      values[POST_COLUMNS + 2] = split;
      values[POST_COLUMNS + 3] = line;
    }
  }
}
