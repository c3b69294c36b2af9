package io.kohaku.caption;

import io.kohaku.post.PostTable;
import io.kohaku.post.Rating;
import io.kohaku.post.TagCategory;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.captions.CaptionSettings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/** Captions the posts of one task, from rows of {@link #INPUT} to rows of {@link CaptionTable}. */
final class CaptionPartition implements Iterator<InternalRow> {
  /** The columns that a caption is made of. */
  static final List<String> INPUT = input();

  private static final int FIRST_TAGS = 4;
  private static final UTF8String[] NONE = new UTF8String[0];

  private final Iterator<InternalRow> posts;
  private final Captioner captioner;

  CaptionPartition(
      Iterator<InternalRow> posts,
      CaptionSettings settings,
      Optional<QualityThresholds> thresholds) {
    this.posts = posts;
    this.captioner = new Captioner(settings, thresholds);
  }

  @Override
  public boolean hasNext() {
    return posts.hasNext();
  }

  @Override
  public InternalRow next() {
    InternalRow post = posts.next();
    UTF8String createdAt = post.isNullAt(1) ? UTF8String.EMPTY_UTF8 : post.getUTF8String(1);
    Captioner.Facts facts =
        new Captioner.Facts(
            post.getLong(0),
            createdAt.toString(),
            Rating.ofTable(post.getUTF8String(2)),
            post.getInt(3));
    Caption caption = captioner.caption(facts, category -> tags(post, category));
    return InternalRows.of(
        facts.id(), array(caption.fixed()), array(caption.flexible()), caption.text());
  }

  private static UTF8String tags(InternalRow post, TagCategory category) {
    int column = FIRST_TAGS + category.ordinal();
    return post.isNullAt(column) ? UTF8String.EMPTY_UTF8 : post.getUTF8String(column);
  }

  private static Object array(List<UTF8String> words) {
    return new GenericArrayData(words.toArray(NONE));
  }

  private static List<String> input() {
    List<String> columns =
        new ArrayList<>(
            List.of(PostTable.ID, PostTable.CREATED_AT, PostTable.RATING, PostTable.FAV_COUNT));
    for (TagCategory category : TagCategory.values()) {
      columns.add(category.column());
    }
    return List.copyOf(columns);
  }
}
