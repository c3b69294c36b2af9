package io.kohaku.post.hakubooru;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.select.SelectStage;
import io.kohaku.post.select.Selection;
import io.kohaku.post.select.SelectionCounts;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables without keys, hashes as bytes and times in nanoseconds, as other tools leave them. */
class DatabaseRowsIT {
  private static final String NUMBERS =
      "id rating score fav_count file_size image_width image_height is_deleted is_banned";
  private static final long NANOSECONDS = 1_620_284_889_123_456_789L;

  @TempDir Path folder;

  /** Posts 1, 2 and 1 again, each with a score and a file of its own. */
  private Path database(String... statements) throws SQLException {
    Path file = folder.resolve("posts.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "create table post (%s, created_at, file_ext, md5)".formatted(NUMBERS.replace(' ', ',')));
      statement.executeUpdate("create table tag (id, name, type)");
      statement.executeUpdate("create table posttagrelation (id, post_id, tag_id)");
      statement.executeUpdate("insert into tag values (1, 'sky', 0)");
      statement.executeUpdate("insert into posttagrelation values (1, 1, 1), (2, 2, 1)");
      for (int row = 0; row < 3; row++) {
        statement.executeUpdate(
            "insert into post values (%s, 0, %s, 9, 5, 600, 800, 0, 0, 1620284889.5, 'png', '%s')"
                .formatted(row % 2 + 1, row, Integer.toString(row).repeat(32)));
      }
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
    return file;
  }

  private static Selection select(Path path, String... overrides) throws IOException {
    String[] all = Arrays.copyOf(overrides, overrides.length + 1);
    all[overrides.length] = "posts.path=\"" + path + "\"";
    PostSettings settings = Recipes.defaults(all).posts();
    Dataset<Row> screened = SelectStage.screen(LocalSpark.session(), settings);
    return SelectStage.split(screened, settings);
  }

  private static List<String> rows(Dataset<Row> table, String... columns) {
    return table.selectExpr(columns).collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private static void assertTheFirstStays(Selection selection, String source) {
    assertThat(rows(selection.posts(), "id", "score")).containsExactly("[1,0]", "[2,1]");
    assertThat(rows(selection.rejects(), "id", "reason", "source"))
        .containsExactly("[1,duplicate-id,%s]".formatted(source));
    assertThat(selection.counts())
        .isEqualTo(new SelectionCounts(3, 2, 0, Map.of("duplicate-id", 1L)));
  }

  @Test
  void anIdThatOccursTwiceKeepsItsFirstRow() throws IOException, SQLException {
    Path file = database();
    for (String perTask : List.of("posts.ids-per-task=1", "posts.ids-per-task=1000")) {
      Selection selection = select(file, perTask);
      assertTheFirstStays(selection, file + " table post");
      assertThat(rows(selection.posts(), "created_at")).contains("[2021-05-06T07:08:09.500Z]");
    }
  }

  @Test
  void aHashMayBeKeptAsBytes() throws IOException, SQLException {
    Path file =
        database(
            "update post set id = rowid, md5 = x'000102030405060708090a0b0c0d0eff'",
            "update post set md5 = cast('000102030405060708090a0b0c0d0efe' as blob) where id = 2",
            "update post set md5 = x'0001' where id = 3",
            "insert into posttagrelation values (3, 3, 1)");
    Selection selection = select(file);
    assertThat(rows(selection.posts(), "id", "md5"))
        .containsExactly(
            "[1,000102030405060708090a0b0c0d0eff]", "[2,000102030405060708090a0b0c0d0efe]");
    assertThat(rows(selection.rejects(), "detail"))
        .containsExactly(
            "[Invalid md5: 2 bytes"
                + " (must be the 16 bytes of a hash or the 32 letters of its text)]");
  }

  /** Writes rows of whole numbers and then texts, with blanks between. */
  private Path parquet(String table, String columns, String... rows) throws IOException {
    MessageType schema = MessageTypeParser.parseMessageType("message t {" + columns + "}");
    Path file = Files.createDirectories(folder.resolve("export")).resolve(table + ".parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .build()) {
      for (String row : rows) {
        Group group = new SimpleGroup(schema);
        String[] values = row.split(" ");
        for (int i = 0; i < values.length; i++) {
          if (schema.getType(i).asPrimitiveType().getPrimitiveTypeName() == INT64) {
            group.add(i, Long.parseLong(values[i]));
          } else {
            group.add(i, values[i]);
          }
        }
        writer.write(group);
      }
    }
    return file;
  }

  private Path export(String created) throws IOException {
    String whole = "required int64 ";
    String text = "required binary %s (STRING);";
    parquet("tag", whole + "id;" + whole + "type;" + text.formatted("name"), "1 0 sky");
    parquet(
        "posttagrelation",
        whole + "id;" + whole + "post_id;" + whole + "tag_id;",
        "1 1 1",
        "2 2 1");
    return parquet(
        "post",
        whole
            + NUMBERS.replace(" ", ";" + whole)
            + ";"
            + created
            + text.formatted("file_ext")
            + text.formatted("md5"),
        "1 0 0 9 5 600 800 0 0 " + NANOSECONDS + " png " + "0".repeat(32),
        "2 0 1 9 5 600 800 0 0 " + NANOSECONDS + " png " + "1".repeat(32),
        "1 0 2 9 5 600 800 0 0 " + NANOSECONDS + " png " + "2".repeat(32));
  }

  @Test
  void aParquetTableMayHaveTimesInNanoseconds() throws IOException {
    for (String zone : List.of("true", "false")) {
      Path post = export("required int64 created_at (TIMESTAMP(NANOS,%s));".formatted(zone));
      Selection selection = select(post.getParent());
      assertTheFirstStays(selection, post.toUri().toString().replace("///", "/") + ":3");
      assertThat(rows(selection.posts(), "created_at"))
          .containsExactly("[2021-05-06T07:08:09.123456789Z]", "[2021-05-06T07:08:09.123456789Z]");
    }
  }

  @Test
  void aTableOfATypeThatSparkDoesNotKnowIsNamed() throws IOException {
    Path post = export("required int64 created_at (TIME(NANOS,true));");
    assertThatThrownBy(() -> select(post.getParent()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(post + " as a Parquet table: Illegal Parquet type: INT64");
  }
}
