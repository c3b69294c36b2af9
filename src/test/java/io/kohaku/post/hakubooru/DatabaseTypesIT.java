package io.kohaku.post.hakubooru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.select.SelectStage;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that went through other tools: columns of fractions and texts, ids anywhere. */
class DatabaseTypesIT {
  @TempDir Path folder;

  /** A database whose numbers are all of one type, or of none, as pandas makes them. */
  private Path database(String type, Object... ids) throws SQLException {
    Path file = folder.resolve("posts-" + type + ids.length + ".db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "create table post (id T, created_at text, rating T, score T, fav_count T, file_ext text,"
                  .replace("T", type)
              + " file_size T, image_width T, image_height T, is_deleted T, is_banned T, md5 text)"
                  .replace("T", type));
      statement.executeUpdate("create table tag (id T, name text, type T)".replace("T", type));
      statement.executeUpdate(
          "create table posttagrelation (id T, post_id T, tag_id T)".replace("T", type));
      statement.executeUpdate(
          "insert into tag values (2, '1girl', 0), (10, 'long hair', 0), (11, NULL, 0),"
              + " (12, 'x', 9), (9000000000000000, 'far', 4)");
      int relation = 8;
      for (Object id : ids) {
        statement.executeUpdate(
            "insert into post values (%s, '2023-01-02 03:04:05', 1, 3, NULL, 'png', 5, 600, 800, 0,"
                    .formatted(id)
                + " 'f', '')");
        statement.executeUpdate("update post set fav_count = 12 where id = " + id);
        for (String tag : List.of("10", "2", "9000000000000000")) {
          statement.executeUpdate(
              "insert into posttagrelation values (%s, %s, %s)".formatted(++relation, id, tag));
        }
      }
    }
    return file;
  }

  private static void change(Path database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  private static Dataset<Row> screen(Path path, String... overrides) throws IOException {
    String[] all = java.util.Arrays.copyOf(overrides, overrides.length + 1);
    all[overrides.length] = "posts.path=\"" + path + "\"";
    PostSettings settings = Recipes.defaults(all).posts();
    return SelectStage.screen(LocalSpark.session(), settings);
  }

  /** What became of each post: its tags and numbers, or the detail of its reject. */
  private static Map<String, String> outcomes(Dataset<Row> screened) {
    Map<String, String> outcomes = new TreeMap<>();
    for (Row row : screened.where("outcome <> 'counts'").collectAsList()) {
      String what =
          row.getAs("outcome").equals("post")
              ? "%s|%s|%s|%s|%s"
                  .formatted(
                      row.<String>getAs("tag_string_general"),
                      row.<String>getAs("tag_string_meta"),
                      row.<Integer>getAs("image_width"),
                      row.<Integer>getAs("fav_count"),
                      row.<String>getAs("md5"))
              : row.<String>getAs("reason") + " " + row.<String>getAs("detail");
      assertThat(outcomes.put("" + row.getAs("id"), what)).isNull();
    }
    return outcomes;
  }

  private static final String RIGHT = "long_hair 1girl|far|600|12|null";

  @Test
  void columnsOfAnyTypeGiveTheSamePosts() throws IOException, SQLException {
    for (String type : List.of("integer", "real", "text", "")) {
      Path file = database(type, 4, 7, 95, 100);
      change(
          file,
          "update post set is_deleted = 'True' where id = 7",
          "update post set is_banned = 'F'");
      Map<String, String> outcomes = outcomes(screen(file, "posts.filter.gold-only=false"));
      assertThat(outcomes)
          .as(type)
          .isEqualTo(Map.of("4", RIGHT, "7", "deleted is_deleted", "95", RIGHT, "100", RIGHT));
      assertThat(
              outcomes(
                      screen(
                          file,
                          "posts.filter.gold-only=false",
                          "posts.bands=[{from=0, take=4}]",
                          "posts.ids-per-task=2"))
                  .keySet())
          .containsExactlyInAnyOrder("4", "7", "95", "100");
    }
  }

  @Test
  void rowsThatAreNoPostsAreRejectedWithTheirReason() throws IOException, SQLException {
    Path file = database("", 1, 2, 3, 4, 5, 6, 7, 8);
    change(
        file,
        "update post set id = 1.5 where id = 1",
        "update post set id = NULL where id = 2",
        "update post set id = -3 where id = 3",
        "update posttagrelation set tag_id = 11 where post_id = 4 and tag_id = 2",
        "update posttagrelation set tag_id = 12 where post_id = 5 and tag_id = 2",
        "update posttagrelation set tag_id = NULL where post_id = 6 and tag_id = 2",
        "update post set score = 4.5 where id = 7",
        "update post set fav_count = -9223372036854775807 - 1 where id = 8");
    Dataset<Row> screened = screen(file, "posts.filter.gold-only=false");
    List<String> details =
        screened.where("outcome = 'reject'").select("detail").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(details)
        .containsExactlyInAnyOrder(
            "Invalid id: 1.5 (must be a whole number)",
            "Missing field: id",
            "Invalid id: -3 (must be at least 0)",
            "Invalid tag id: 11 (the tag table gives no name)",
            "Invalid tag id: 12 (Unknown tag type: 9 (one of 0 to 4))",
            "Unknown tag id: null",
            "Invalid score: 4.5 (must be a whole number)",
            "Invalid fav_count: -9223372036854775808 (must be between -2^63 and 2^63)");
  }

  @Test
  void idsFarApartMakeNoMoreTasksThanTheirRowsNeed() throws IOException, SQLException {
    Object[] ids = {
      0, 1, 2147483647L, 2147483648L, 4503599627370496L, 9000000000000000L, Long.MAX_VALUE
    };
    for (String type : List.of("integer primary key", "text")) {
      Path file = database(type.split(" ")[0], ids);
      if (type.contains("key")) {
        change(
            file,
            "create table other as select * from post",
            "drop table post",
            "create table post (id integer primary key, created_at, rating, score, fav_count,"
                + " file_ext, file_size, image_width, image_height, is_deleted, is_banned, md5)",
            "insert into post select * from other");
      }
      Dataset<Row> screened = screen(file, "posts.filter.gold-only=false", "posts.ids-per-task=3");
      assertThat(screened.rdd().getNumPartitions()).isLessThanOrEqualTo(3);
      assertThat(outcomes(screened))
          .hasSize(ids.length)
          .allSatisfy((id, outcome) -> assertThat(outcome).isEqualTo(RIGHT));
      assertThat(
              outcomes(screen(file, "posts.filter.gold-only=false", "posts.ids-per-task=100000")))
          .hasSize(ids.length);
    }
  }

  @Test
  void aViewIsReadInOnePiece() throws IOException, SQLException {
    Path file = database("integer", 1, 2, 3);
    change(file, "alter table post rename to kept", "create view post as select * from kept");
    assertThat(outcomes(screen(file, "posts.filter.gold-only=false", "posts.ids-per-task=1")))
        .isEqualTo(Map.of("1", RIGHT, "2", RIGHT, "3", RIGHT));
  }

  /** Spark takes SQLite's integers for 32 bits. */
  private static final Map<String, String> WIDE =
      Map.of(
          "post", "id bigint",
          "tag", "id bigint",
          "posttagrelation", "id bigint, post_id bigint, tag_id bigint");

  private Path export(Path database, String numbers) {
    SparkSession spark = LocalSpark.session();
    Path export = folder.resolve("export-" + numbers);
    for (String table : ParquetSource.TABLES) {
      Dataset<Row> rows =
          spark
              .read()
              .format("jdbc")
              .option("url", "jdbc:sqlite:" + database)
              .option("driver", "org.sqlite.JDBC")
              .option("dbtable", table)
              .option("customSchema", WIDE.get(table))
              .load();
      for (String column : rows.columns()) {
        if (!List.of("created_at", "file_ext", "md5", "name").contains(column)) {
          rows = rows.withColumn(column, rows.col(column).cast(numbers));
        }
      }
      rows.write().parquet(export.resolve(table).toString());
    }
    return export;
  }

  @Test
  void aParquetExportMayHaveFractionsOrTextsForNumbers() throws IOException, SQLException {
    Path file = database("integer", 4, 7, 95);
    change(file, "update post set is_banned = 0");
    for (String numbers : List.of("bigint", "double", "string", "decimal(38,3)")) {
      assertThat(outcomes(screen(export(file, numbers), "posts.filter.gold-only=false")))
          .as(numbers)
          .isEqualTo(Map.of("4", RIGHT, "7", RIGHT, "95", RIGHT));
    }
    Path tag = folder.resolve("export-double").resolve("tag");
    Files.writeString(tag.resolve("part.parquet"), "<html>429</html>");
    assertThatThrownBy(() -> screen(folder.resolve("export-double")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("part.parquet as a Parquet table: it seems to be a web page");
    Files.writeString(tag.resolve("part.parquet"), "PAR1 and no end");
    assertThatThrownBy(() -> screen(folder.resolve("export-double")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("part.parquet as a Parquet table: its end is missing");
    for (String footer : List.of("\1\0\0\0", "\377\377\377\0", "\6\0\0\0")) {
      Files.write(
          tag.resolve("part.parquet"),
          ("PAR1" + "\7".repeat(9) + footer + "PAR1").getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> screen(folder.resolve("export-double")))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining("part.parquet as a Parquet table: its footer is damaged");
    }
  }
}
