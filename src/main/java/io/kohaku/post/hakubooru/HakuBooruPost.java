package io.kohaku.post.hakubooru;

import io.kohaku.input.UnusableFileException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.WrittenNumber;
import io.kohaku.rows.TableColumns;
import io.kohaku.settings.posts.RatingLetters;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/** A row of HakuBooru's table {@code post}, in any of the revisions of its schema. */
final class HakuBooruPost {
  /** Columns that every revision has and a post cannot do without; the id comes first. */
  static final List<String> REQUIRED =
      List.of(
          "id",
          "created_at",
          "rating",
          "score",
          "fav_count",
          "file_ext",
          "file_size",
          "image_width",
          "image_height",
          "is_deleted",
          "is_banned");

  /** Columns that tell something where there are any. */
  static final List<String> OPTIONAL = List.of("md5", "file_url", "bit_flags");

  private final List<String> columns;
  private final RatingLetters letters;

  /**
   * Reads rows with these columns.
   *
   * @param columns all of {@link #REQUIRED} and some of {@link #OPTIONAL}, in that order
   */
  HakuBooruPost(List<String> columns, RatingLetters letters) {
    this.columns = columns;
    this.letters = letters;
  }

  /**
   * The columns to read of a table.
   *
   * @throws UnusableFileException {@code Missing column} if a required one is not there
   */
  static List<String> columns(Collection<String> present, String where) {
    requireColumns(REQUIRED, present, where);
    return Stream.concat(REQUIRED.stream(), OPTIONAL.stream().filter(present::contains)).toList();
  }

  static void requireColumns(
      Collection<String> required, Collection<String> present, String where) {
    try {
      required.forEach(column -> TableColumns.require(column, present, where));
    } catch (IllegalArgumentException e) {
      throw new UnusableFileException(e.getMessage(), e);
    }
  }

  /** Fills all but the tags. */
  void fill(Object[] values, PostDraft draft) {
    for (int i = 0; i < values.length; i++) {
      field(columns.get(i), values[i], draft);
    }
  }

  private void field(String column, Object value, PostDraft draft) {
    switch (column) {
      case "id" -> draft.id = DatabaseValues.whole(column, value, draft.id);
      case "created_at" -> draft.createdAt = DatabaseValues.date(column, value, draft.createdAt);
      case "rating" -> draft.rating = DatabaseValues.rating(value, letters);
      case "score" -> draft.score = DatabaseValues.whole(column, value, draft.score);
      case "fav_count" -> draft.favCount = DatabaseValues.whole(column, value, draft.favCount);
      case "file_ext" -> draft.fileExt = DatabaseValues.text(value, null);
      case "file_size" -> draft.fileSize = DatabaseValues.whole(column, value, draft.fileSize);
      case "image_width" ->
          draft.imageWidth = DatabaseValues.whole(column, value, draft.imageWidth);
      case "image_height" ->
          draft.imageHeight = DatabaseValues.whole(column, value, draft.imageHeight);
      case "is_deleted" -> draft.deleted = DatabaseValues.flag(column, value);
      case "is_banned" -> draft.banned = DatabaseValues.flag(column, value);
      case "md5" -> draft.md5 = DatabaseValues.hash(column, value);
      case "file_url" ->
          draft.fileUrl =
              !WrittenNumber.isNothing(
                  DatabaseValues.text(value, UTF8String.EMPTY_UTF8).toString());
      case "bit_flags" -> draft.bitFlags = DatabaseValues.whole(column, value, 0);
      default -> throw new IllegalStateException("Unknown column: " + column);
    }
  }
}
