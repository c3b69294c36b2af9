package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexStageIT {
  @TempDir private Path folder;

  @Test
  void takesTheFirstImageOfEachPostInTheOrderOfTheShards() throws IOException {
    write(
        "data-0001.tar", Archives.empty().file("1.png", data("base")).file("1001.png", data("b")));
    write(
        "data-1001.tar",
        Archives.empty().file("1.png", data("add-on")).file("2001.png", data("a")));
    write(
        "updates/2024/new.tar",
        Archives.empty().file("2001.jpg", data("u")).file("3001.webp", data("u")));
    Files.createDirectories(shards().resolve("plain"));
    Files.write(shards().resolve("plain/4001.png"), data("plain"));
    Files.write(shards().resolve("plain/readme.txt"), data("no image"));

    Dataset<Row> scan = scan(Optional.empty());

    assertThat(places(IndexStage.members(scan)))
        .containsExactly(
            Map.entry(1L, "data-0001.tar base"),
            Map.entry(1001L, "data-0001.tar b"),
            Map.entry(2001L, "data-1001.tar a"),
            Map.entry(3001L, "new.tar u"),
            Map.entry(4001L, "4001.png plain"));
    assertThat(reasons(scan))
        .containsExactlyInAnyOrder("1 duplicate", "2001 duplicate", "null no-post-id");
  }

  @Test
  void theNextScanReadsOnlyWhatHasChanged() throws IOException {
    write("data-0001.tar", Archives.empty().file("1.png", data("a")));
    write("data-0002.tar", Archives.empty().file("2.png", data("b")).file("x.png", data("c")));
    Dataset<Row> first = scan(Optional.empty());
    first.write().parquet(folder + "/scan-1");
    Dataset<Row> earlier = LocalSpark.session().read().parquet(folder + "/scan-1");
    // A mark that a new scan could not know shows which rows were taken over.
    Dataset<Row> marked = earlier.withColumn(ShardTable.EXTENSION, functions.lit("kept"));

    write("data-0002.tar", Archives.empty().file("2.png", data("bb")).file("3.png", data("c")));
    write("data-0003.tar", Archives.empty().file("4.png", data("d")));
    Dataset<Row> second = scan(Optional.of(marked));

    assertThat(extensions(second))
        .containsExactly(
            Map.entry(1L, "kept"),
            Map.entry(2L, "png"),
            Map.entry(3L, "png"),
            Map.entry(4L, "png"));
    assertThat(reasons(second)).isEmpty();

    Files.delete(shards().resolve("data-0001.tar"));
    assertThat(extensions(scan(Optional.of(second)))).containsOnlyKeys(2L, 3L, 4L);
  }

  @Test
  void aBrokenArchiveStopsNothing() throws IOException {
    byte[] whole =
        Archives.empty()
            .file("1.png", data("a"))
            .file("../2.png", data("b"))
            .file("3.png", new byte[9000])
            .finish();
    Files.write(shards().resolve("data-0001.tar"), Arrays.copyOf(whole, 6000));
    write("data-0002.tar", Archives.empty().file("4.png", data("d")));

    Dataset<Row> scan = scan(Optional.empty());

    assertThat(places(IndexStage.members(scan))).containsOnlyKeys(1L, 4L);
    assertThat(reasons(scan))
        .containsExactlyInAnyOrder("null unsafe-name", "null truncated", "null broken-archive");
  }

  private Dataset<Row> scan(Optional<Dataset<Row>> previous) throws IOException {
    ImageSettings settings =
        new ImageSettings(
            List.of(shards().toString()),
            1 << 20,
            1_000_000,
            4000,
            1,
            ImageSettings.Alpha.COMPOSITE,
            "ffffff",
            ImageSettings.Orientation.APPLY,
            ImageSettings.Resize.AREA,
            false,
            new BucketSettings(1024, 1024, 256, 4096, 64, true));
    return new IndexStage(settings).scan(LocalSpark.session(), previous);
  }

  private Path shards() throws IOException {
    return Files.createDirectories(folder.resolve("shards"));
  }

  private void write(String name, Archives archive) throws IOException {
    Path file = shards().resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, archive.finish());
  }

  private static byte[] data(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** By post, the shard's name and the bytes that lie where the row says. */
  private static Map<Long, String> places(Dataset<Row> members) throws IOException {
    Map<Long, String> places = new TreeMap<>();
    for (Row row : members.collectAsList()) {
      Path shard = Path.of(URI.create(row.<String>getAs(ShardTable.SHARD)));
      int offset = (int) (long) row.<Long>getAs(ShardTable.OFFSET);
      int length = (int) (long) row.<Long>getAs(ShardTable.LENGTH);
      String bytes = new String(Files.readAllBytes(shard), offset, length, StandardCharsets.UTF_8);
      places.put(row.getAs(ShardTable.ID), shard.getFileName() + " " + bytes);
    }
    return places;
  }

  private static Map<Long, String> extensions(Dataset<Row> scan) {
    Map<Long, String> extensions = new TreeMap<>();
    for (Row row : IndexStage.members(scan).collectAsList()) {
      extensions.put(row.getAs(ShardTable.ID), row.getAs(ShardTable.EXTENSION));
    }
    return extensions;
  }

  private static List<String> reasons(Dataset<Row> scan) {
    return IndexStage.rejects(scan).collectAsList().stream()
        .map(row -> row.getAs("id") + " " + row.getAs("reason"))
        .toList();
  }
}
