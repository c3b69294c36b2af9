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

/** The posts of some rows of HakuBooru's table {@code post}, each with its sorted tag relations. */
final class TableRawPosts implements RawPosts {
  private final Iterator<Row> rows;
  private final HakuBooruPost fields;
  private final TagNames tagNames;
  private final Place place;
  private Row row;

  TableRawPosts(Iterator<Row> rows, HakuBooruPost fields, TagNames tagNames, Place place) {
    this.rows = rows;
    this.fields = fields;
    this.tagNames = tagNames;
    this.place = place;
  }

  @Override
  public boolean next() {
    if (!rows.hasNext()) {
      return false;
    }
    row = rows.next();
    return true;
  }

  @Override
  public boolean read(PostDraft draft, LongPredicate drawn) {
    int tagColumn = row.size() - 1;
    Object[] values = new Object[tagColumn];
    for (int i = 0; i < tagColumn; i++) {
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
    return place;
  }

  @Override
  public void close() {}
}
