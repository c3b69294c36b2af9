package io.kohaku.post.hakubooru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.caption.CaptionStage;
import io.kohaku.caption.QualityThresholds;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.select.SelectStage;
import io.kohaku.post.select.Selection;
import io.kohaku.post.select.SelectionCounts;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseSourceIT {
  @TempDir Path folder;

  /** The card's recipe, but with every post and with artists as HakuBooru leaves them out today. */
  private static Settings settings(Path path, String... overrides) {
    String[] all = java.util.Arrays.copyOf(overrides, overrides.length + 4);
    all[overrides.length] = "posts.path=\"" + path + "\"";
    all[overrides.length + 1] = "posts.bands=[{from=0}]";
    all[overrides.length + 3] = "posts.ids-per-task=3000000";
    all[overrides.length + 2] = "captions.artist-blacklist=[banned]";
    return Recipes.delta(all);
  }

  private static Dataset<Row> posts(Settings settings) throws IOException {
    return SelectStage.screen(LocalSpark.session(), settings.posts()).where("outcome = 'post'");
  }

  private static Selection select(Settings settings) throws IOException {
    Dataset<Row> screened = SelectStage.screen(LocalSpark.session(), settings.posts());
    return SelectStage.split(screened.persist(), settings.posts());
  }

  @AfterEach
  void forget() {
    LocalSpark.session().catalog().clearCache();
  }

  private static Map<Long, String> captions(Settings settings) throws IOException {
    return CaptionStage.run(
            posts(settings), settings.captions(), Optional.of(QualityThresholds.DELTA))
        .collectAsList()
        .stream()
        .collect(Collectors.toMap(row -> row.getLong(0), row -> row.getString(3)));
  }

  private static Map<Long, String> golden() throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<Long, String> captions = new TreeMap<>();
    for (String line : Files.readAllLines(Golden.path("captions.jsonl"))) {
      JsonNode post = json.readTree(line);
      captions.put(post.get("id").longValue(), post.get("caption_delta_thresholds").textValue());
    }
    assertThat(captions).hasSize(300);
    return captions;
  }

  private Path copy() throws IOException {
    return Files.copy(Golden.path("posts.db"), folder.resolve("copy.db"));
  }

  private static void change(Path database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  @Test
  void captionsOfTheGoldenDatabaseAreHakuBoorus() throws IOException {
    Settings settings = settings(Golden.path("posts.db"));
    assertThat(captions(settings)).isEqualTo(golden());
  }

  @Test
  void captionsOfItsParquetExportAreTheSame() throws IOException {
    SparkSession spark = LocalSpark.session();
    String url = "jdbc:sqlite:" + Golden.path("posts.db");
    for (String table : ParquetSource.TABLES) {
      spark
          .read()
          .format("jdbc")
          .option("url", url)
          .option("driver", "org.sqlite.JDBC")
          .option("dbtable", table)
          .load()
          .repartition(2)
          .write()
          .parquet(folder.resolve(table + ".parquet").toString());
    }
    assertThat(captions(settings(folder))).isEqualTo(golden());
    Path without = folder.resolve("without");
    spark
        .read()
        .parquet(folder.resolve("post.parquet").toString())
        .drop("fav_count")
        .write()
        .parquet(without.resolve("post.parquet").toString());
    assertThatThrownBy(() -> posts(settings(without, "posts.format=parquet")))
        .hasMessageStartingWith("Missing column: fav_count of table " + without);
    deleteTable("tag.parquet");
    assertThatThrownBy(() -> posts(settings(folder)))
        .hasMessageStartingWith("Missing table: tag (no tag or tag.parquet in ");
    Path part =
        Files.list(folder.resolve("post.parquet"))
            .filter(file -> file.toString().endsWith(".parquet"))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> posts(settings(part)))
        .hasMessageContaining("name the folder that holds the tables post, tag, posttagrelation");
  }

  private void deleteTable(String name) throws IOException {
    for (Path file : Files.list(folder.resolve(name)).toList()) {
      Files.delete(file);
    }
    Files.delete(folder.resolve(name));
  }

  @Test
  void bandsAndFiltersWorkOnADatabaseToo() throws IOException {
    Settings settings =
        settings(
            Golden.path("posts.db"),
            "posts.filter.deleted=true",
            "posts.filter.not-still-image=true",
            "posts.mode=without-replacement");
    Settings some =
        Recipes.delta(
            "posts.path=\"" + Golden.path("posts.db") + "\"",
            "posts.bands=[{from=0, until=4000000, take=50}]",
            "posts.mode=without-replacement",
            "posts.ids-per-task=3000000");
    SelectionCounts filtered = select(settings).counts();
    assertThat(filtered.read()).isEqualTo(300);
    assertThat(filtered.rejected()).containsKeys("deleted", "not-still-image");
    SelectionCounts drawn = select(some).counts();
    assertThat(drawn).isEqualTo(new SelectionCounts(300, 50, 250, Map.of()));
  }

  @Test
  void aRowThatIsNotAPostIsRejected() throws IOException, SQLException {
    Path copy = copy();
    change(
        copy,
        "update post set rating = 9 where id = 37212",
        "update post set fav_count = 'many' where id = 45097",
        "delete from tag where id = 3");
    Dataset<Row> rejects = select(settings(copy)).rejects().persist();
    List<Row> rows = rejects.where("id in (37212, 45097)").orderBy("id").collectAsList();
    assertThat(rows.toString())
        .isEqualTo(
            "[[37212,"
                + copy
                + " table post,malformed,Invalid rating: 9 (one of 0, 1, 2, 3)],"
                + " [45097,"
                + copy
                + " table post,malformed,Invalid fav_count: many (must be a whole number)]]");
    assertThat(rejects.where("detail like 'Unknown tag id: 3 %'").count()).isPositive();
  }

  @Test
  void aDatabaseThatCannotBeReadIsAnError() throws IOException, SQLException {
    Path text = Files.writeString(folder.resolve("text.db"), "this is no database");
    assertThatThrownBy(() -> posts(settings(text, "posts.format=sqlite")))
        .hasMessage(
            "Cannot read file:"
                + text
                + " as a SQLite database: it seems to be a text (look into it)");
    Path copy = copy();
    change(copy, "alter table post rename column fav_count to favourites");
    assertThatThrownBy(() -> posts(settings(copy)))
        .hasMessageStartingWith("Missing column: fav_count of table post of " + copy);
    change(copy, "alter table post rename column favourites to fav_count", "delete from post");
    assertThatThrownBy(() -> posts(settings(copy)))
        .hasMessage("Missing posts: table post of " + copy + " has no row");
    change(copy, "drop table posttagrelation");
    assertThatThrownBy(() -> posts(settings(copy)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Missing table: posttagrelation in SQLite database " + copy + " (it has ")
        .hasMessageContaining("tag");
    byte[] bytes = Files.readAllBytes(Golden.path("posts.db"));
    java.util.Arrays.fill(bytes, 4096, bytes.length, (byte) 0x5a);
    Path corrupt = Files.write(folder.resolve("corrupt.db"), bytes);
    assertThatThrownBy(() -> posts(settings(corrupt)).count())
        .hasStackTraceContaining("Cannot read SQLite database " + corrupt)
        .hasStackTraceContaining("malformed");
  }
}
