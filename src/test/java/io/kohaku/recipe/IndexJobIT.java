package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.shard.Archives;
import io.kohaku.image.shard.ShardTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexJobIT {
  private static final FileTime TIME = FileTime.fromMillis(1_000_000);

  @TempDir private Path folder;
  private EncodedSite site;

  /** An archive whose length and time of change are always the same. */
  private void write(String image) throws IOException {
    Path shard = folder.resolve("data-0000.tar");
    Files.write(shard, Archives.empty().file(image, new byte[] {1}).finish());
    Files.setLastModifiedTime(shard, TIME);
  }

  private List<Long> index() throws IOException {
    site.force(new IndexJob());
    List<Row> rows = site.table("index", IndexJob.SHARDS).collectAsList();
    return rows.stream().map(row -> row.<Long>getAs(ShardTable.ID)).toList();
  }

  @Test
  void takesOverAScanUnlessAnotherRevisionMadeIt() throws IOException {
    site = EncodedSite.make(folder, 1);
    write("1.png");
    assertThat(index()).containsExactly(1L);
    write("2.png");
    assertThat(index()).as("not read again").containsExactly(1L);
    publishAsRevision(new IndexJob().revision().number() - 1);
    assertThat(index()).as("read again").containsExactly(2L);
  }

  private void publishAsRevision(int number) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("work/index"))) {
      for (Path file : files.filter(path -> path.endsWith("manifest.json")).toList()) {
        String json = Files.readString(file);
        String other = json.replaceFirst("\"revision\" : \\d+", "\"revision\" : " + number);
        assertThat(other).isNotEqualTo(json);
        Files.writeString(file, other);
        Files.deleteIfExists(file.resolveSibling(".manifest.json.crc"));
      }
    }
  }
}
