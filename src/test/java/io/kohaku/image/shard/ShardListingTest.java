package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardListingTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[] {1, 2, 3});
    }
  }

  private void assertNothing(String path, String found) {
    assertThatThrownBy(() -> ShardListing.list(List.of(path), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot index " + path + ": 0 tar archives and 0 images named " + found);
  }

  @Test
  void saysWhatThereIsWhereNothingCanBeIndexed() throws IOException {
    assertNothing(folder.toString(), "<post>.<extension> there");
    write("a/x.tar.gz", "a/y.TGZ", "b/z.zip");
    assertNothing(
        folder.toString(),
        "<post>.<extension> there; by their names 2 are compressed by gzip (unpack it: gzip -d);"
            + " by their names 1 are a zip archive (unpack it: unzip)");
    assertNothing(
        folder.resolve("b/z.zip").toString(),
        "<post>.<extension> there; by their names 1 are a zip archive (unpack it: unzip)");
    write("c/cover.png");
    assertNothing(
        folder.resolve("c").toString(),
        "<post>.<extension> there; 1 other files, such as cover.png");
  }

  @Test
  void anythingElseThatIsNamedItselfIsAnArchive() throws IOException {
    write("a/shard.0001", "b/x.tar.gz");
    List<ShardSource> sources =
        ShardListing.list(
            List.of(folder.resolve("a/shard.0001").toString(), folder.resolve("b").toString()),
            HADOOP);
    assertThat(sources).extracting(ShardSource::archive).containsExactly(true, false);
  }

  @Test
  void packedArchivesAmongShardsAreRejectedByTheirNames() throws IOException {
    write("a.tar", "b.tar.gz", "c.zip", "d.tar.zst", "e.txz", "gz", "7.png", "notes.txt");
    Files.write(folder.resolve("8.png"), new byte[0]);
    List<String> found = new ArrayList<>();
    for (ShardSource source : ShardListing.list(List.of(folder.toString()), HADOOP)) {
      new ShardPartition(HADOOP).call(source).forEachRemaining(row -> found.add(text(row)));
    }
    assertThat(found)
        .containsExactlyInAnyOrder(
            "null null null",
            "null broken-archive no tar archive: it seems to be of a format that is not known here"
                + " (look at where it comes from)",
            "null null null",
            "null packed-archive b.tar.gz: compressed by gzip (unpack it: gzip -d)",
            "null packed-archive c.zip: a zip archive (unpack it: unzip)",
            "null packed-archive d.tar.zst: compressed by zstd (unpack it: zstd -d)",
            "null packed-archive e.txz: compressed by xz (unpack it: xz -d)",
            "null no-post-id gz",
            "null no-post-id notes.txt",
            "null truncated 8.png: no bytes",
            "7 null null");
  }

  private static String text(Row row) {
    List<String> columns = List.of(ScanTable.SCHEMA.fieldNames());
    return row.get(columns.indexOf(ShardTable.ID))
        + " "
        + row.get(columns.indexOf(ScanTable.REASON))
        + " "
        + row.get(columns.indexOf(ScanTable.DETAIL));
  }

  @Test
  void aLinkToAnArchiveThatIsGoneIsAnError() throws IOException {
    write("data-0001.tar");
    Files.createSymbolicLink(folder.resolve("data-0002.tar"), Path.of("/unmounted/data-0002.tar"));
    assertThatThrownBy(() -> ShardListing.list(List.of(folder.toString()), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("data-0002.tar: it is a link to /unmounted/data-0002.tar");
  }
}
