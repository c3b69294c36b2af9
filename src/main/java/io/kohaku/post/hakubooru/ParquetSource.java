package io.kohaku.post.hakubooru;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.struct;

import io.kohaku.files.NamedPath;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.screen.DrawnIds;
import io.kohaku.post.screen.IdSet;
import io.kohaku.post.screen.PostSource;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.post.screen.Screening;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.binding.Portable;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.unsafe.types.UTF8String;

/** HakuBooru's Parquet export: one file or folder for each of the tables of its database. */
public final class ParquetSource implements PostSource {
  public static final List<String> TABLES = List.of("post", "tag", "posttagrelation");

  private static final String TAG_IDS = "tag_ids";
  private static final String KEY = "post_key";

  /** File and row of a post, which a join loses. */
  private static final List<String> PLACE = List.of("_metadata.file_path", "_metadata.row_index");

  private final SparkSession spark;

  /** Takes nanoseconds, which Spark has no type for, as the numbers that they are. */
  private final SparkSession tables;

  private final PostSettings settings;
  private final ParquetTable posts;
  private final ParquetTable tags;
  private final ParquetTable relations;
  private final List<String> columns;

  public ParquetSource(SparkSession spark, PostSettings settings) throws IOException {
    this.spark = spark;
    this.settings = settings;
    this.tables = spark.newSession();
    tables.conf().set("spark.sql.legacy.parquet.nanosAsLong", true);
    this.posts = table("post", HakuBooruPost.REQUIRED, HakuBooruPost.OPTIONAL);
    this.tags = table("tag", List.of("id", "name", "type"), List.of());
    this.relations = table("posttagrelation", List.of("id", "post_id", "tag_id"), List.of());
    this.columns = HakuBooruPost.columns(posts.columns(), "table post of " + settings.path());
  }

  /** The child of a folder that holds a table, called as the table or with {@code .parquet}. */
  public static Optional<Path> child(FileSystem system, Path folder, String table)
      throws IOException {
    for (String name : List.of(table, table + ".parquet")) {
      Path child = new Path(folder, name);
      if (system.exists(child)) {
        return Optional.of(child);
      }
    }
    return Optional.empty();
  }

  @Override
  public IdSet ids() {
    Dataset<Row> ids = posts.numbers("id").where("id is not null");
    return InternalRows.of(ids, List.of("id"))
        .mapPartitions(IdSet::ofFirstColumn)
        .fold(new IdSet(), IdSet::addAll);
  }

  @Override
  public Dataset<Row> screen(DrawnIds drawn) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<TagNames> tagNames = context.broadcast(tagNames());
    Dataset<Row> tagIds =
        relations
            .numbers("id", "post_id", "tag_id")
            .groupBy("post_id")
            .agg(array_sort(collect_list(struct("id", "tag_id"))).as(TAG_IDS));
    Dataset<Row> joined =
        posts
            .keyed("id", KEY, columns, PLACE)
            .join(tagIds, col(KEY).equalTo(col("post_id")), "left_outer")
            .drop("post_id", KEY);
    int pieces = posts.pieces().size();
    List<String> names = columns;
    Portable<PostSettings> chosen = Portable.of(settings);
    UTF8String origin = UTF8String.fromString(settings.path() + " table post");
    return InternalRows.table(
        spark,
        joined
            .toJavaRDD()
            .map(row -> ParquetTable.flat(row, pieces, names.size()))
            .mapPartitionsWithIndex(
                (index, rows) ->
                    Screening.of(
                        new TableRawPosts(
                            rows,
                            new HakuBooruPost(names, chosen.value().ratingLetters()),
                            tagNames.value(),
                            new ScreenedTable.Place(origin, index, null)),
                        drawn,
                        chosen.value()),
                false),
        ScreenedTable.schema());
  }

  private TagNames tagNames() {
    TagNames.Builder names = new TagNames.Builder();
    Iterator<Row> rows = tags.numbered("id", "name", "type").orderBy("id").toLocalIterator();
    rows.forEachRemaining(row -> names.add(row.get(0), row.get(1), row.get(2)));
    return names.build();
  }

  private ParquetTable table(String name, List<String> required, List<String> optional)
      throws IOException {
    Path folder = NamedPath.of(settings.path());
    FileSystem system = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Path path =
        child(system, folder, name)
            .orElseThrow(
                () ->
                    new UnusableFileException(
                        "Missing table: %s (no %s or %s.parquet in %s)"
                            .formatted(name, name, name, folder)));
    return ParquetTable.open(tables, path, required, optional);
  }
}
