package io.kohaku.post;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.kohaku.rows.TableColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table of selected posts: one row a post, the tags of each category as one text, names in
 * stored order with a space between.
 */
public final class PostTable {
  public static final String ID = "id";
  public static final String CREATED_AT = "created_at";

  /** One letter: g, s, q or e. */
  public static final String RATING = "rating";

  public static final String SCORE = "score";
  public static final String FAV_COUNT = "fav_count";
  public static final String FILE_EXT = "file_ext";
  public static final String FILE_SIZE = "file_size";
  public static final String IMAGE_WIDTH = "image_width";
  public static final String IMAGE_HEIGHT = "image_height";
  public static final String MD5 = "md5";

  private PostTable() {}

  /** The columns, the tags last in the order of {@link TagCategory}. */
  public static StructType schema() {
    StructType schema =
        new StructType()
            .add(ID, LongType, false)
            .add(CREATED_AT, StringType)
            .add(RATING, StringType)
            .add(SCORE, IntegerType)
            .add(FAV_COUNT, IntegerType)
            .add(FILE_EXT, StringType)
            .add(FILE_SIZE, LongType)
            .add(IMAGE_WIDTH, IntegerType)
            .add(IMAGE_HEIGHT, IntegerType)
            .add(MD5, StringType);
    for (TagCategory category : TagCategory.values()) {
      schema = schema.add(category.column(), StringType);
    }
    return schema;
  }

  /** The table itself, once it is known to hold all columns. */
  public static Dataset<Row> require(Dataset<Row> posts) {
    return TableColumns.require(posts, schema(), "PostTable");
  }

  /** The values of a row. */
  public static Object[] values(Post post) {
    TagCategory[] categories = TagCategory.values();
    Object[] values = new Object[10 + categories.length];
    values[0] = post.id();
    values[1] = post.createdAt();
    values[2] = post.rating().text();
    values[3] = post.score();
    values[4] = post.favCount();
    values[5] = post.fileExt();
    values[6] = post.fileSize();
    values[7] = post.imageWidth();
    values[8] = post.imageHeight();
    values[9] = post.md5();
    for (TagCategory category : categories) {
      values[10 + category.ordinal()] = post.tags(category);
    }
    return values;
  }
}
