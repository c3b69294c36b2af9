package io.kohaku.post.hakubooru;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.screen.RawPosts;
import io.kohaku.post.screen.ScreenedTable.Place;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.spark.sql.Row;
import org.apache.spark.unsafe.types.UTF8String;

/** The posts of some rows of HakuBooru's table {@code post}, each with its sorted tag relations. */
final class TableRawPosts implements RawPosts {
  /** How many columns tell where a post stands. */
  private static final int PLACE = 2;

  private final Iterator<Row> rows;
  private final HakuBooruPost fields;
  private final TagNames tagNames;
  private final Place end;
  private Row row;

  /**
   * Reads rows.
   *
   * @param rows the fields, then file and row of the post, then its tags
   * @param end stands for the place of what is counted
   */
  TableRawPosts(Iterator<Row> rows, HakuBooruPost fields, TagNames tagNames, Place end) {
    this.rows = rows;
    this.fields = fields;
    this.tagNames = tagNames;
    this.end = end;
  }

  @Override
  public boolean next() {
    row = rows.hasNext() ? rows.next() : null;
    return row != null;
  }

  @Override
  public boolean read(PostDraft draft, LongPredicate drawn) {
    int tagColumn = row.size() - 1;
    Object[] values = new Object[tagColumn - PLACE];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    fields.fill(values, draft);
    draft.requireId();
    if (!drawn.test(draft.id)) {
      return false;
    }
    List<Long> tagIds = new ArrayList<>();
    if (!row.isNullAt(tagColumn)) {
      List<Row> relations = row.getList(tagColumn);
      for (Row relation : relations) {
        if (relation.isNullAt(1)) {
          throw new MalformedPostException("Missing tag id: a relation of the post names no tag");
        }
        tagIds.add(relation.getLong(1));
      }
    }
    tagNames.fill(tagIds, draft);
    return true;
  }

  @Override
  public Place place() {
    if (row == null) {
      return end;
    }
    int file = row.size() - 1 - PLACE;
    return new Place(UTF8String.fromString(row.getString(file)), 0, row.getLong(file + 1) + 1);
  }

  @Override
  public void close() {}
}
