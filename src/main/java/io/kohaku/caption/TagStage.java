package io.kohaku.caption;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.when;

import io.kohaku.post.PostTable;
import io.kohaku.post.TagCategory;
import io.kohaku.settings.captions.CaptionSettings;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** From {@link PostTable} to {@link TagTable}, most frequent tags first. */
public final class TagStage {
  private TagStage() {}

  /** Counts each tag once a post. */
  public static Dataset<Row> run(Dataset<Row> posts, CaptionSettings settings) {
    PostTable.require(posts);
    Dataset<Row> tags = null;
    for (TagCategory category : TagCategory.values()) {
      Dataset<Row> ofCategory =
          posts
              .select(
                  lit(category.key()).as(TagTable.CATEGORY),
                  explode(array_distinct(split(col(category.column()), " "))).as(TagTable.TAG))
              .where(col(TagTable.TAG).notEqual(""));
      tags = tags == null ? ofCategory : tags.union(ofCategory);
    }
    return tags.groupBy(TagTable.CATEGORY, TagTable.TAG)
        .agg(count(lit(1)).as(TagTable.POSTS))
        .withColumn(TagTable.GATE, gate(settings))
        .orderBy(col(TagTable.POSTS).desc(), col(TagTable.CATEGORY), col(TagTable.TAG));
  }

  private static Column gate(CaptionSettings settings) {
    Column passed = lit(null).cast("long");
    for (long gate : settings.tagGates()) {
      passed = coalesce(passed, when(col(TagTable.POSTS).geq(gate), lit(gate)));
    }
    return coalesce(passed, lit(0L));
  }
}
