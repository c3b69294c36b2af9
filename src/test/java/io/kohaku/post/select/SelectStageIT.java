package io.kohaku.post.select;

import static io.kohaku.post.select.PostLines.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.post.PostTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectStageIT {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    LocalSpark.session().catalog().clearCache();
  }

  /** Every kind of bad line, with the place and the reason each must get. */
  private Path everyKindOfBadLine(Path file) throws IOException {
    return Files.write(
        file,
        List.of(
            post(1),
            "",
            post(2).substring(0, 90),
            "not json at all",
            "[1, 2]",
            post(3, "\"id\":3", "\"id\":\"three\""),
            post(4, "\"rating\":\"s\"", "\"rating\":\"x\""),
            post(5, "\"tag_string_general\":\"1girl solo\",", ""),
            post(6, "\"fav_count\":9", "\"fav_count\":-2"),
            post(7, "\"image_width\":600", "\"image_width\":99999999999"),
            post(8) + post(9),
            post(10, "\"is_deleted\":false", "\"is_deleted\":true"),
            post(11, "\"is_banned\":false", "\"is_banned\":true"),
            post(12, "\"md5\":\"%032x\",".formatted(12), ""),
            post(13, "\"png\"", "\"mp4\""),
            post(14, "highres", "animated"),
            post(
                15, "\"1girl solo\"", "\" \"", ":\"a\"", ":\"\"", ":\"b\"", ":\"\"", "highres", ""),
            post(16, "\"image_width\":600", "\"image_width\":63"),
            post(17, "\"md5\":\"%032x\"".formatted(17), "\"md5\":\"%032x\"".formatted(1)),
            post(1),
            post(18, "1girl solo", "\\\"quoted\\\" a,b \uD83D\uDE00 " + "tag ".repeat(300))));
  }

  @Test
  void everyLineIsSelectedOrRejectedWithItsFirstReasonAndPlace() throws IOException {
    Path file = everyKindOfBadLine(folder.resolve("posts.json"));
    Selection selection = Selecting.select(Selecting.settings(file, "posts.split-bytes=3000"));
    assertThat(Selecting.ids(selection.posts())).containsExactly(1L, 18L);
    Map<String, String> rejects =
        selection.rejects().collectAsList().stream()
            .collect(
                Collectors.toMap(
                    row -> row.getString(1).replaceAll(".*:", ""),
                    row -> row.get(0) + " " + row.getString(2) + ": " + row.getString(3)));
    assertThat(rejects)
        .containsEntry("4", "null malformed: Cannot read post: " + unrecognised("not"))
        .containsEntry("5", "null malformed: Cannot read post: the line is not a JSON object")
        .containsEntry("6", "null malformed: Invalid id: three (must be a whole number)")
        .containsEntry("7", "4 malformed: Invalid rating: x (one of g, s, q, e)")
        .containsEntry("8", "5 malformed: Missing field: tag_string_general")
        .containsEntry("9", "6 malformed: Invalid fav_count: -2 (must be between 0 and 2147483647)")
        .containsEntry(
            "10",
            "7 malformed: Invalid image_width: 99999999999 (must be between 1 and 2147483647)")
        .containsEntry("11", "8 malformed: Cannot read post: more than one value on the line")
        .containsEntry("12", "10 deleted: is_deleted")
        .containsEntry("13", "11 banned: is_banned or taken down")
        .containsEntry("14", "12 gold-only: neither md5 nor file_url")
        .containsEntry("15", "13 not-still-image: file_ext mp4")
        .containsEntry("16", "14 animated: tag animated")
        .containsEntry("17", "15 no-tags: 0 tags")
        .containsEntry("18", "16 too-small: 63×800")
        .containsEntry("19", "17 duplicate-md5: same file as post 1")
        .containsEntry("20", "1 duplicate-id: the id stands at an earlier place")
        .hasSize(18);
    assertThat(rejects.get("3")).startsWith("2 malformed: Cannot read post: Unexpected end");
    SelectionCounts counts = selection.counts();
    assertThat(counts.read()).isEqualTo(20);
    assertThat(counts.selected()).isEqualTo(2);
    assertThat(counts.notDrawn()).isZero();
    assertThat(counts.rejected()).containsEntry("malformed", 9L).containsEntry("banned", 1L);
  }

  @Test
  void linesMayBeTooLongAndFilesMayRepeat() throws IOException {
    Path file = everyKindOfBadLine(folder.resolve("posts.json"));
    Selection selection =
        Selecting.select(
            Selecting.settings(
                file, "posts.filter.duplicate-md5=false", "posts.max-line-bytes=1000"));
    assertThat(Selecting.ids(selection.posts())).containsExactly(1L, 17L);
    assertThat(
            selection
                .rejects()
                .where("source like '%:21'")
                .select("reason", "detail")
                .head()
                .toString())
        .isEqualTo("[malformed,Cannot read post: the line is longer than 1000 bytes]");
  }

  private static String unrecognised(String token) {
    return "Unrecognized token '"
        + token
        + "': was expecting (JSON String, Number (or 'NaN'/'INF'/'+INF'), Array, Object"
        + " or token 'null', 'true' or 'false')";
  }

  @Test
  void tagsKeepTheirOrderAndTheirLetters() throws IOException {
    Path file = everyKindOfBadLine(folder.resolve("posts.json"));
    Row post =
        PostTable.require(Selecting.select(Selecting.settings(file)).posts())
            .where("id = 18")
            .head();
    assertThat(post.getString(post.fieldIndex("tag_string_general")).split(" "))
        .hasSize(303)
        .startsWith("\"quoted\"", "a,b", "\uD83D\uDE00", "tag");
    assertThat(post.getString(post.fieldIndex("tag_string_character"))).isEmpty();
    assertThat(post.getString(post.fieldIndex("rating"))).isEqualTo("s");
  }

  @Test
  void theSamePostsAreSelectedFromTwoAndFromTwoHundredPartitions() throws IOException {
    Path file = folder.resolve("posts.json");
    StringBuilder lines = new StringBuilder();
    for (int id = 0; id < 2000; id++) {
      lines.append(post(3L * id)).append('\n');
    }
    Files.writeString(file, lines);
    String bands = "posts.bands=[{from=3000, take=500}, {from=0, until=3000, take=400}]";
    long two = Files.size(file) / 2 + 1;
    long twoHundred = Files.size(file) / 200 + 1;
    for (String mode : List.of("without-replacement", "card")) {
      String drawn = "posts.mode=" + mode;
      Dataset<Row> few =
          Selecting.screen(Selecting.settings(file, bands, drawn, "posts.split-bytes=" + two));
      Dataset<Row> many =
          Selecting.screen(
              Selecting.settings(file, bands, drawn, "posts.split-bytes=" + twoHundred));
      assertThat(few.rdd().getNumPartitions()).isEqualTo(2);
      assertThat(many.rdd().getNumPartitions()).isEqualTo(200);
      List<Long> ids = Selecting.ids(few.where("outcome = 'post'"));
      assertThat(Selecting.ids(many.where("outcome = 'post'"))).isEqualTo(ids);
      if (mode.equals("without-replacement")) {
        assertThat(ids).hasSize(900);
      } else {
        assertThat(ids).hasSizeBetween(600, 899);
      }
    }
  }

  @Test
  void drawingFromValidPostsMakesUpForRejectedOnes() throws IOException {
    Path file = folder.resolve("posts.json");
    StringBuilder lines = new StringBuilder();
    for (int id = 0; id < 100; id++) {
      String deleted = "\"is_deleted\":" + (id % 2 == 0);
      lines.append(post(id, "\"is_deleted\":false", deleted)).append('\n');
    }
    Files.writeString(file, lines);
    String bands = "posts.bands=[{from=0, take=40}]";
    SelectionCounts all = Selecting.select(Selecting.settings(file, bands)).counts();
    SelectionCounts valid =
        Selecting.select(Selecting.settings(file, bands, "posts.draw-from=valid")).counts();
    assertThat(all.selected() + all.rejected().get("deleted")).isEqualTo(40);
    assertThat(valid.selected()).isEqualTo(40);
    assertThat(valid.notDrawn()).isEqualTo(60);
    assertThat(valid.rejected()).isEmpty();
  }
}
