package io.kohaku.post.screen;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A source of posts in one of the formats. */
public interface PostSource {
  /** The ids of all posts, read as cheaply as the format allows. */
  IdSet ids();

  /**
   * The {@link ScreenedTable} of the drawn posts; the source is read once whenever the table is.
   *
   * @param drawn which posts are looked at
   */
  Dataset<Row> screen(DrawnIds drawn);
}
