package io.kohaku.post.hakubooru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.select.SelectStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parquet tables of several files that do not keep their columns alike. */
class ParquetPiecesIT {
  private static final String POST =
      "select cast(%s as bigint) id, '2023-01-02T03:04:05Z' created_at, 's' rating,"
          + " cast(3 as bigint) score, cast(12 as bigint) fav_count, 'png' file_ext,"
          + " cast(5 as bigint) file_size, cast(600 as bigint) image_width,"
          + " cast(800 as bigint) image_height, false is_deleted, false is_banned,"
          + " '%s' md5, '' file_url";

  /** What tools make of columns; each alone is read right. */
  private static final String[][] CHANGES = {
    {
      "double(score) as score",
      "int(id) as id",
      "timestamp'2023-01-02 03:04:05Z' as created_at",
      "unhex(md5) as md5",
      "int(is_deleted) as is_deleted"
    },
    {
      "int(score) as score",
      "double(id) as id",
      "unix_seconds(timestamp'2023-01-02 03:04:05Z') as created_at",
      "string(is_banned) as is_banned"
    },
    {"string(score) as score"}
  };

  @TempDir Path folder;
  private final SparkSession spark = LocalSpark.session();

  @BeforeEach
  void tagsAndRelations() throws IOException {
    write(
        "tag/a", "select * from values (2, '1girl', 0), (10, 'long hair', 0) as t(id, name, type)");
    write(
        "posttagrelation/a",
        "select * from values (1, 1, 10), (2, 1, 2), (3, 2, 2), (4, 2, 10) as t(id, post_id, tag_id)");
  }

  /** Writes one file; what is changed of a post is a list of {@code expression as column}. */
  private Path write(String name, String sql, String... changed) throws IOException {
    Dataset<Row> rows = spark.sql(sql);
    for (String change : changed) {
      String[] parts = change.split(" as (?=\\w+$)");
      rows = rows.withColumn(parts[1], functions.expr(parts[0]));
    }
    return write(name, rows);
  }

  private Path write(String name, Dataset<Row> rows) throws IOException {
    Path parts = folder.resolve("parts");
    rows.coalesce(1).write().mode("overwrite").parquet(parts.toString());
    Path file = folder.resolve(name + ".parquet");
    Files.createDirectories(file.getParent());
    try (var all = Files.list(parts)) {
      Path part =
          all.filter(path -> path.toString().endsWith(".parquet")).findFirst().orElseThrow();
      return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String post(int id) {
    return POST.formatted(id, Integer.toString(id).repeat(32));
  }

  private Dataset<Row> screened(String... overrides) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(overrides));
    all.add("posts.path=\"" + folder + "\"");
    return SelectStage.screen(spark, Recipes.defaults(all.toArray(String[]::new)).posts());
  }

  private List<String> outcomes(String... overrides) throws IOException {
    return screened(overrides)
        .where("outcome <> 'counts'")
        .selectExpr(
            "concat_ws('|', id, outcome, score, md5, created_at, tag_string_general, reason, detail)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Test
  void filesMayKeepAColumnInDifferentTypes() throws IOException {
    write("post/a", post(1));
    write("post/b", post(2));
    List<String> expected = outcomes();
    assertThat(expected).hasSize(2);
    assertThat(expected.get(0)).startsWith("1|post|3|1111").endsWith("|long_hair 1girl");
    assertThat(expected.get(1)).startsWith("2|post|3|2222").endsWith("|1girl long_hair");
    for (String[] changes : CHANGES) {
      write("post/b", post(2), changes);
      assertThat(outcomes("posts.bands=[{from=0, take=2}]")).as(changes[0]).isEqualTo(expected);
      write("post/a", post(1), changes);
      write("post/b", post(2));
      assertThat(outcomes()).as("in the first: " + changes[0]).isEqualTo(expected);
      write("post/a", post(1));
    }
  }

  @Test
  void everyTableMayBeMixed() throws IOException {
    write("post/a", post(1));
    write("post/b", post(2));
    List<String> expected = outcomes();
    write("post/b", post(2), "double(score) as score", "int(id) as id");
    write("post/c", post(3), "int(null) as md5", "string(id) as id", "true as is_deleted");
    write("tag/a", "select 2 id, '1girl' name, 0 type");
    write("tag/b", "select 10.0D id, 'long hair' name, '0' type");
    write(
        "posttagrelation/a",
        "select * from values (1, 1, 10), (2, 1, 2) as t(id, post_id, tag_id)");
    write(
        "posttagrelation/b",
        "select * from values ('3', 2.0D, 2L), ('4', 2.0D, 10L) as t(id, post_id, tag_id)");
    assertThat(outcomes("posts.bands=[{from=0, take=3}]"))
        .hasSize(3)
        .startsWith(expected.get(0), expected.get(1))
        .last()
        .isEqualTo("3|reject|deleted|is_deleted");
    assertThat(
            screened()
                .where("outcome = 'reject'")
                .select("origin", "line")
                .collectAsList()
                .toString())
        .contains("/post/c.parquet");
  }

  @Test
  void aColumnThatAFileLacksIsMissingUnlessItCanBeDoneWithout() throws IOException {
    write("post/a", post(1));
    Path second = write("post/b", spark.sql(post(2)).drop("is_deleted"));
    assertThatThrownBy(this::outcomes)
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Missing column: is_deleted of table file:" + second + " (it has id,");
    write("post/b", spark.sql(post(2)).drop("md5"));
    assertThat(outcomes()).hasSize(2).element(0).asString().startsWith("1|post|3|1111");
    write("post/b", post(2));
    write("post/a", spark.sql(post(1)).drop("md5"));
    assertThat(outcomes()).hasSize(2).element(1).asString().startsWith("2|post|3|2222");
    write("post/a", post(1));
    second = write("posttagrelation/b", "select 5 id, 2 post_id");
    assertThatThrownBy(this::outcomes)
        .hasMessageStartingWith("Missing column: tag_id of table file:" + second);
  }

  @Test
  void foldersBetweenThatAreNoColumnsHoldNothing() throws IOException {
    Path deep = write("post/x/y/a", post(1));
    assertThatThrownBy(this::outcomes)
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Missing table: %s (no file lies in the folder itself: move file:%s and its like there)"
                .formatted(folder.resolve("post"), deep));
    Files.createDirectories(folder.resolve("post/rating=s"));
    Files.move(deep, folder.resolve("post/rating=s/a.parquet"));
    write("post/rating=g/b", spark.sql(post(2)).drop("rating").withColumn("id", functions.lit(2)));
    write("post/rating=s/a", spark.sql(post(1)).drop("rating"));
    assertThat(
            screened()
                .where("outcome = 'post'")
                .select("id", "rating")
                .orderBy("id")
                .collectAsList()
                .toString())
        .isEqualTo("[[1,s], [2,g]]");
  }
}
